import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct SSOConnectionTests {
    private let now = ManualClock().now()

    private func made() throws -> (SSOConnection, DomainEvent) {
        let settings = try SSOSettingsPatch(
            clientID: OAuthClientID("tenon"), domains: [EmailDomain("acme.example")], roleMapping: ["ops": .admin]
        ).settings(by: .keycloak, issuer: IssuerURL("https://id.example"))
        return SSOConnection.create(
            id: Identifiers.forTests().next(), tenant: Identifier(high: 3, low: 4),
            name: try SSOConnectionName("company"), preset: .keycloak, settings: settings,
            sealedSecret: SealedBytes([1, 2, 3]), at: now)
    }

    @Test("everything that leads to roles stands in the events with what it was before, and no secret does")
    func changes() throws {
        let (connection, created) = try made()
        #expect(created.change.before.isEmpty)
        #expect(created.change.after["role_mapping"] == ["ops": "admin"])
        #expect(created.change.after["default_roles"] == ["viewer"])
        #expect(created.change.after["roles_claim"] == "/realm_access/roles")
        #expect(created.change.after["scopes"] == ["openid", "email", "profile"])
        let patch = try SSOSettingsPatch(rolesClaim: ClaimPath("/groups"), roleMapping: ["ops": .owner])
        let (next, updated) = try #require(
            connection.changed(try patch.applied(to: connection.settings), secret: .removed, at: now))
        #expect(
            updated.change.before == [
                "role_mapping": ["ops": "admin"], "roles_claim": "/realm_access/roles", "has_client_secret": true,
            ])
        #expect(
            updated.change.after == [
                "role_mapping": ["ops": "owner"], "roles_claim": "/groups", "has_client_secret": false,
            ])
        let deleted = next.deleted().change
        #expect(deleted.after.isEmpty && deleted.before["role_mapping"] == ["ops": "owner"])
        #expect(!"\(created)".contains("[1, 2, 3]"))
    }

    @Test("without a mapping whoever is there keeps their roles, so an admin's are within reach, and never an owner's")
    func reach() throws {
        let settings = try made().0.settings
        #expect(settings.reachedRoles == [.viewer, .admin])
        let open = try SSOSettingsPatch(roleMapping: [:], defaultRoles: [.member]).applied(to: settings)
        #expect(open.reachedRoles == [.member, .admin] && !open.reachesOwners)
        let narrow = try SSOSettingsPatch(roleMapping: ["x": .member]).applied(to: settings)
        #expect(narrow.reachedRoles == [.viewer, .member])
    }
}
