import TenonCrypto
import TenonDomain
import TestSupport
import Testing

@testable import TenonApplication

@Suite struct ParallelSignInTests {
    private func race(_ count: Int, _ password: String, _ fixture: IdentityFixture) async -> [FailureCode?] {
        await withTaskGroup(of: FailureCode?.self) { group in
            for _ in 1...count {
                group.addTask {
                    await failure { () throws(Failure) in
                        try await fixture.identity.signIn.execute(
                            .init(login: .email(Self.email), password: Secret(password), tenant: nil),
                            as: fixture.caller(from: "192.0.2.1"))
                    }?.code
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static let email = try! EmailAddress("ann@example.com")

    @Test("who is right in many attempts at once is let in by all of them")
    func right() async throws {
        let fixture = try await IdentityFixture()
        _ = try await fixture.owner()
        let outcomes = await race(24, "SecurePassword123", fixture)
        #expect(outcomes.allSatisfy { $0 == nil }, "\(outcomes)")
    }

    @Test("who guesses at once gets as many guesses as one after the other, and the rest are turned away")
    func wrong() async throws {
        let fixture = try await IdentityFixture()
        _ = try await fixture.owner()
        let outcomes = await race(24, "WrongPassword1", fixture)
        #expect(outcomes.count { $0 == .invalidCredentials } == 6, "\(outcomes)")
        #expect(outcomes.count { $0 == .tooManyAttempts } == 18, "\(outcomes)")
    }

    @Test("who comes when too many wait for their turn is turned away at once, and the others get it")
    func bounded() async throws {
        let turns = PasswordAttemptQueue(width: 1)
        try await turns.take([1])
        try await turns.take([2])
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...PasswordAttemptQueue.maxWaiting + 3 {
                group.addTask {
                    let refused = await failure { () throws(Failure) in
                        try await turns.take([1])
                        turns.end([1])
                    }
                    return refused?.code == .tooManyAttempts
                }
            }
            var refused = 0
            for await isRefused in group where isRefused {
                refused += 1
                // Nobody has got a turn until now.
                if refused == 3 { turns.end([1]) }
            }
            return refused
        }
        #expect(refused == 3)
    }
}
