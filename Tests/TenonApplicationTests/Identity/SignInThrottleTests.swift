import TenonApplication
import TenonCrypto
import TenonDomain
import TestSupport
import Testing

@Suite struct SignInThrottleTests {
    private func attempt(
        _ fixture: IdentityFixture, _ email: String, _ password: String = "WrongPassword1",
        from address: String = "192.0.2.1"
    ) async throws -> Failure? {
        let login = LoginName.email(try EmailAddress(email))
        return await failure { () throws(Failure) in
            try await fixture.identity.signIn.execute(
                .init(login: login, password: Secret(password), tenant: nil), as: fixture.caller(from: address))
        }
    }

    @Test(
        "behind five attempts each costs a wait that doubles, whether there is such an account or not",
        arguments: ["ann@example.com", "nobody@example.com"])
    func growth(email: String) async throws {
        let fixture = try await IdentityFixture()
        defer { fixture.hasher.shutdown() }
        _ = try await fixture.owner()
        for _ in 1...5 {
            let refused = try await attempt(fixture, email)
            #expect(refused?.code == .invalidCredentials)
        }
        for wait in [1, 2, 4] {
            let refused = try await attempt(fixture, email)
            #expect(refused?.code == .invalidCredentials)
            let blocked = try await attempt(fixture, email, "SecurePassword123")
            #expect(blocked?.code == .tooManyAttempts, "the right password is no way around")
            #expect(blocked?.retryAfter == .seconds(wait))
            fixture.clock.advance(by: .seconds(wait))
        }
        let elsewhere = try await attempt(fixture, "ann@example.com", "SecurePassword123", from: "192.0.2.2")
        #expect(elsewhere == nil, "another address is not held up by this one")
    }

    @Test("the right password forgets the wrong ones; so does an hour of silence")
    func forgiving() async throws {
        let fixture = try await IdentityFixture()
        defer { fixture.hasher.shutdown() }
        let user = try await fixture.owner()
        for _ in 1...3 {
            for _ in 1...4 { #expect(try await attempt(fixture, user.email.text)?.code == .invalidCredentials) }
            #expect(try await attempt(fixture, user.email.text, "SecurePassword123") == nil)
        }
        for _ in 1...6 { _ = try await attempt(fixture, user.email.text) }
        #expect(try await attempt(fixture, user.email.text)?.code == .tooManyAttempts)
        fixture.clock.advance(by: .seconds(3601))
        for _ in 1...5 { #expect(try await attempt(fixture, user.email.text)?.code == .invalidCredentials) }
    }

    @Test("one address that tries many accounts is slowed down, and no wait is longer than a quarter of an hour")
    func spraying() async throws {
        let policy = AttemptPolicy(free: 5, longest: .seconds(900))
        #expect(policy.delay(after: 5) == .zero && policy.delay(after: 6) == .seconds(1))
        #expect(policy.delay(after: 1_000_000) == .seconds(900))
        let fixture = try await IdentityFixture()
        defer { fixture.hasher.shutdown() }
        for number in 1...51 {
            let refused = try await attempt(fixture, "user\(number)@example.com")
            #expect(refused?.code == .invalidCredentials)
        }
        #expect(try await attempt(fixture, "user52@example.com")?.code == .tooManyAttempts)
    }
}
