import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// What the audit log says of those who tried too often.
@Suite struct HeldUpSignInTests {
    private func attempt(_ fixture: IdentityFixture, _ email: EmailAddress) async -> FailureCode? {
        await failure { () throws(Failure) in
            try await fixture.identity.signIn.execute(
                .init(login: .email(email), password: Secret("WrongPassword1"), tenant: nil),
                as: fixture.caller(from: "192.0.2.1"))
        }?.code
    }

    /// As soon as there are so many: they are written after the answers.
    private func heldUp(_ fixture: IdentityFixture, _ count: Int) async throws -> [AuditRecord] {
        func records() -> [AuditRecord] {
            fixture.memory.auditRecords.filter { $0.details["reason"] == "too_many_attempts" }
        }
        try await until("the records") { records().count >= count }
        return records()
    }

    @Test("a sign-in that was held up is written down, of an account or of a name that nobody has, once a second")
    func signIn() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let nobody = try EmailAddress("nobody@example.com")
        for email in [user.email, nobody] {
            for _ in 1...6 { #expect(await attempt(fixture, email) == .invalidCredentials) }
            for _ in 1...3 { #expect(await attempt(fixture, email) == .tooManyAttempts) }
        }
        let records = try await heldUp(fixture, 2)
        #expect(records.map(\.resource) == [.user(user.id), .tenant(.platform)])
        #expect(records.map(\.tenant) == [user.tenant, .platform])
        #expect(records.allSatisfy { $0.outcome == .denied && $0.actor == "anonymous" })
        fixture.clock.advance(by: .seconds(1))
        for _ in 1...2 { _ = await attempt(fixture, nobody) }
        let later = try await heldUp(fixture, 3)
        #expect(later.count == 3 && later[2].details["omitted"] == 2, "the others are counted")
    }

    @Test("so is whoever has signed in and tries the password too often")
    func proof() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let caller = try await fixture.signedIn(user).caller
        for _ in 1...9 {
            _ = await failure { () throws(Failure) in
                try await fixture.identity.changePassword.execute(
                    .init(current: Secret("WrongPassword1"), new: Secret("AnotherPassword1")), as: caller)
            }
        }
        let records = fixture.memory.auditRecords.filter { $0.details["reason"] == "too_many_attempts" }
        #expect(records.map(\.action) == ["identity.password_changed"] && records[0].outcome == .denied)
        #expect(records[0].actor == user.id.description)
    }
}
