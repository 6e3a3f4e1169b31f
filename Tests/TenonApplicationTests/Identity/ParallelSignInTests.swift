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
}
