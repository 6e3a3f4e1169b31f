import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct SigningKeyScheduleTests {
    private let start = ManualClock().now()
    private let schedule = SigningKeySchedule(accessTokens: .seconds(1800))

    private func key(_ id: String, _ state: StoredSigningKey.State, since: Duration) -> StoredSigningKey {
        StoredSigningKey(
            keyID: id, state: state, publicKey: [], wrappedPrivateKey: SealedBytes([]), createdAt: start,
            stateSince: start + since)
    }

    @Test("one active key alone has nothing due")
    func alone() {
        #expect(schedule.due([key("a", .active, since: .zero)], at: start + .seconds(1 << 30)) == .nothing)
        #expect(schedule.due([], at: start) == .nothing)
    }

    @Test("a published key signs after whoever keeps the JWK Set has fetched it, and not before")
    func publication() {
        let keys = [key("b", .pending, since: .seconds(100)), key("a", .active, since: .zero)]
        let due = Duration.seconds(100 + 300 + 30 + 60)
        #expect(schedule.due(keys, at: start + .seconds(100)) == .wait(until: start + due))
        #expect(schedule.due(keys, at: start + due - .milliseconds(1)) == .wait(until: start + due))
        #expect(schedule.due(keys, at: start + due) == .activate(pending: "b", retiring: "a"))
    }

    @Test("a retired key stays until its last token has expired, and goes before anything else is done")
    func retention() {
        let keys = [key("b", .active, since: .zero), key("a", .retiring, since: .zero)]
        let due = Duration.seconds(1800 + 30 + 60)
        #expect(schedule.due(keys, at: start + due - .milliseconds(1)) == .wait(until: start + due))
        #expect(schedule.due(keys, at: start + due) == .remove("a"))
        let pending = keys + [key("c", .pending, since: .zero)]
        #expect(schedule.due(pending, at: start) == .wait(until: start + .seconds(390)))
        #expect(schedule.due(pending, at: start + due) == .remove("a"))
        #expect(schedule.due(pending, at: start + due - .seconds(1)) == .activate(pending: "c", retiring: "b"))
    }

    @Test("the version of a sealed value's key stands in its bytes 1 to 4")
    func keyVersion() {
        #expect(SealedBytes([1, 0, 0, 1, 2, 99]).keyVersion == 258)
        #expect(SealedBytes([1, 0, 0, 0, 7]).keyVersion == 7)
        #expect(SealedBytes([1, 0, 0, 0]).keyVersion == nil)
        #expect(SealedBytes([]).keyVersion == nil)
    }
}
