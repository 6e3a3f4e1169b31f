import TenonDomain
import TestSupport
import Testing

@Suite struct SessionTests {
    let clock = ManualClock()
    let lifetimes = TokenLifetimes()

    private func begun() throws -> Session {
        let ids = Identifiers.forTests(clock)
        let (user, _) = User.register(
            id: ids.next(), tenant: ids.next(), email: try EmailAddress("a@b.co"),
            passwordHash: PasswordHash(encoded: "x"), roles: [.owner], at: clock.now())
        return Session.begin(id: ids.next(), for: user, from: .test, lifetimes: lifetimes, at: clock.now()).0
    }

    @Test("the current token rotates and makes the next one current")
    func rotation() throws {
        var session = try begun()
        #expect(session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now()) == .rotated)
        #expect(session.counter == 2)
    }

    @Test("the token before the current one gets the current one again within 10 seconds")
    func grace() throws {
        var session = try begun()
        _ = session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now())
        clock.advance(by: .seconds(10))
        #expect(session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now()) == .repeated)
        #expect(session.counter == 2)
    }

    @Test("a clock that is set back makes the grace no longer, one of another process that is a little late may ask")
    func clockSetBack() throws {
        var session = try begun()
        _ = session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now())
        clock.setBack(by: .milliseconds(1000))
        #expect(session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now()) == .repeated)
        clock.setBack(by: .milliseconds(1))
        guard case .replayed = session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now()) else {
            Issue.record("the grace was made longer")
            return
        }
    }

    @Test("after the grace it ends the session")
    func replay() throws {
        var session = try begun()
        _ = session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now())
        clock.advance(by: .milliseconds(10_001))
        guard case .replayed(let event) = session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now()) else {
            Issue.record("the replay was not noticed")
            return
        }
        #expect(event.kind == .sessionEnded)
        #expect(session.endedAt == clock.now())
        #expect(session.refresh(presenting: 2, lifetimes: lifetimes, at: clock.now()) == .over)
    }

    @Test("an older token ends it at once, and so does one of the future", arguments: [1, 4])
    func spent(counter: Int64) throws {
        var session = try begun()
        _ = session.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now())
        _ = session.refresh(presenting: 2, lifetimes: lifetimes, at: clock.now())
        guard case .replayed = session.refresh(presenting: counter, lifetimes: lifetimes, at: clock.now()) else {
            Issue.record("counter \(counter) was accepted")
            return
        }
    }

    @Test("14 days without a refresh end it, 90 days in all do so whatever happens")
    func expiry() throws {
        var idle = try begun()
        clock.advance(by: .seconds(14 * 86_400))
        #expect(idle.refresh(presenting: 1, lifetimes: lifetimes, at: clock.now()) == .over)

        var busy = try begun()
        for counter in 1...9 as ClosedRange<Int64> {
            clock.advance(by: .seconds(10 * 86_400 - 1))
            #expect(busy.refresh(presenting: counter, lifetimes: lifetimes, at: clock.now()) == .rotated)
        }
        clock.advance(by: .seconds(9))
        #expect(busy.refresh(presenting: 10, lifetimes: lifetimes, at: clock.now()) == .over)
    }
}
