import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct SignInAuditTests {
    @Test("a session is begun by whoever proved who they are, and a password is chosen by the token's user")
    func actor() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        _ = try await fixture.signedIn(user)
        let begun = try #require(fixture.memory.auditRecords.last)
        #expect(begun.action == "identity.session_begun" && begun.actor == user.id.description)
        #expect(try await fixture.delivered().last?.actor == user.id.description)

        let registered = try await fixture.identity.registerTenant.execute(
            .init(organization: nil, email: try EmailAddress("bob@example.com"), password: IdentityFixture.password),
            as: fixture.anybody)
        #expect(fixture.memory.auditRecords.last?.actor == registered.user.id.description)

        try await fixture.identity.requestPasswordReset.execute(
            .init(login: .email(user.email), tenant: nil), as: fixture.anybody)
        var token: String?
        while token == nil { token = try await fixture.nextDelivered().last?.details["token"]?.stringValue }
        try await fixture.identity.resetPassword.execute(
            .init(token: Secret(try #require(token)), new: Secret("AnotherPassword1")), as: fixture.anybody)
        let reset = fixture.memory.auditRecords.suffix(2)
        #expect(reset.map(\.action) == ["identity.password_changed", "identity.sessions_ended"])
        #expect(reset.allSatisfy { $0.actor == user.id.description })
    }
}
