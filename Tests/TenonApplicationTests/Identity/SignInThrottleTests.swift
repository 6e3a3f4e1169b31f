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

    @Test("whoever was right from an address gets in from there, however many try the account from elsewhere")
    func known() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        #expect(try await attempt(fixture, user.email.text, "SecurePassword123", from: "192.0.2.1") == nil)
        for number in 1...7 {
            for _ in 1...3 { _ = try await attempt(fixture, user.email.text, from: "198.51.100.\(number)") }
        }
        #expect(try await attempt(fixture, user.email.text, "SecurePassword123", from: "203.0.113.1") != nil)
        #expect(try await attempt(fixture, user.email.text, "SecurePassword123", from: "192.0.2.1") == nil)
        for _ in 1...6 { _ = try await attempt(fixture, user.email.text, from: "192.0.2.1") }
        let blocked = try await attempt(fixture, user.email.text, "SecurePassword123", from: "192.0.2.1")
        #expect(blocked?.code == .tooManyAttempts, "its own wrong ones are counted as anybody's")
    }

    @Test("registrations of an address are slowed down, and refused where registration is closed")
    func registration() async throws {
        let fixture = try await IdentityFixture()
        func register(_ number: Int, from address: String, of fixture: IdentityFixture) async -> Failure? {
            await failure { () throws(Failure) in
                _ = try await fixture.identity.registerTenant.execute(
                    .init(
                        organization: nil, email: try emailAddress("ann\(number)@example.com"),
                        password: IdentityFixture.password),
                    as: fixture.caller(from: address))
            }
        }
        for number in 1...11 { #expect(await register(number, from: "192.0.2.1", of: fixture) == nil) }
        #expect(await register(12, from: "192.0.2.1", of: fixture)?.code == .tooManyAttempts)
        #expect(await register(12, from: "192.0.2.2", of: fixture) == nil)
        let closed = try await IdentityFixture(isRegistrationOpen: false)
        #expect(await register(1, from: "192.0.2.1", of: closed)?.code == .registrationClosed)
    }

    private func emailAddress(_ text: String) throws(Failure) -> EmailAddress {
        do { return try EmailAddress(text) } catch { throw .bug("\(text) is no address") }
    }

    @Test("the right password forgets the wrong ones; so does an hour of silence")
    func forgiving() async throws {
        let fixture = try await IdentityFixture()
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
        for number in 1...51 {
            let refused = try await attempt(fixture, "user\(number)@example.com")
            #expect(refused?.code == .invalidCredentials)
        }
        #expect(try await attempt(fixture, "user52@example.com")?.code == .tooManyAttempts)
    }
}
