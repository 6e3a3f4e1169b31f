import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// Who makes connections that lead to which roles.
@Suite struct SSOMappingTests {
    @Test("only owners make and change connections that map to the role owner")
    func ownersAlone() async throws {
        let fixture = try await SSOFixture()
        let admin = Caller(
            .user(
                SignedInUser(
                    id: fixture.ids.next(), tenant: fixture.tenant.id, session: fixture.ids.next(), roles: [.admin])),
            from: .test)
        let client = try OAuthClientID("tenon")
        let domain = try EmailDomain("acme.example")
        func create(_ name: String, _ patch: SSOSettingsPatch) async -> Failure? {
            await failure { () throws(Failure) in
                try await fixture.useCases.createConnection.execute(
                    CreateSSOConnection.Input(
                        name: try! SSOConnectionName(name), preset: .generic,
                        issuer: try! IssuerURL("https://x.example"),
                        settings: patch, secret: nil),
                    as: admin)
            }
        }
        let mapped = SSOSettingsPatch(clientID: client, domains: [domain], roleMapping: ["x": .owner])
        let standard = SSOSettingsPatch(clientID: client, domains: [domain], defaultRoles: [.owner])
        #expect(await create("a", mapped)?.code == .permissionDenied)
        #expect(await create("b", standard)?.code == .permissionDenied)
        #expect(await create("c", SSOSettingsPatch(clientID: client, domains: [domain])) == nil)
        for patch in [SSOSettingsPatch(roleMapping: [:]), SSOSettingsPatch(createsUsers: false)] {
            let refused = await failure { () throws(Failure) in
                try await fixture.useCases.updateConnection.execute(
                    UpdateSSOConnection.Input(id: fixture.connection.id, settings: patch), as: admin)
            }
            #expect(refused?.code == .permissionDenied)
        }
    }

    @Test("nobody maps to roles that may do more than they may, nor to roles that are not there")
    func mappingReach() async throws {
        let fixture = try await SSOFixture()
        let connector = TenantRole.create(
            try Role("connector"), of: fixture.tenant.id, description: nil, permissions: [.ssoWrite],
            inherits: [.viewer], by: "test", at: fixture.clock.now()
        ).0
        let access = TenantAccess(
            tenant: fixture.tenant.id, status: .active, plan: .free,
            policy: try TenantPolicy(roles: [connector], policies: []))
        let user = SignedInUser(
            id: fixture.ids.next(), tenant: fixture.tenant.id, session: fixture.ids.next(), roles: [connector.role])
        let caller = Caller(.user(user), from: .test, access: access)
        try await fixture.memory.write(in: fixture.tenant.id, as: fixture.admin) { work throws(Failure) in
            try await work.policies.add(connector)
        }
        let (client, domain) = (try OAuthClientID("tenon"), try EmailDomain("acme.example"))
        func create(_ name: String, _ mapped: Role, _ standard: Role) async -> Failure? {
            await failure { () throws(Failure) in
                try await fixture.useCases.createConnection.execute(
                    CreateSSOConnection.Input(
                        name: try! SSOConnectionName(name), preset: .generic,
                        issuer: try! IssuerURL("https://x.example"),
                        settings: SSOSettingsPatch(
                            clientID: client, domains: [domain], roleMapping: ["x": mapped], defaultRoles: [standard]),
                        secret: nil),
                    as: caller)
            }
        }
        #expect(await create("a", .admin, .viewer)?.code == .permissionDenied)
        #expect(await create("b", .viewer, .member)?.code == .permissionDenied)
        let absent = try Role("absent")
        #expect(await create("c", absent, .viewer)?.violations.first?.pointer == "/role_mapping")
        #expect(await create("d", connector.role, .viewer) == nil)
        // Without a mapping whoever is there comes in with the roles that they have.
        let open = await failure { () throws(Failure) in
            try await fixture.useCases.createConnection.execute(
                CreateSSOConnection.Input(
                    name: try! SSOConnectionName("e"), preset: .generic, issuer: try! IssuerURL("https://x.example"),
                    settings: SSOSettingsPatch(clientID: client, domains: [domain]), secret: nil),
                as: caller)
        }
        #expect(open?.code == .permissionDenied)
        let update = await failure { () throws(Failure) in
            try await fixture.useCases.updateConnection.execute(
                UpdateSSOConnection.Input(
                    id: fixture.connection.id, settings: SSOSettingsPatch(roleMapping: ["ops": .viewer])),
                as: caller)
        }
        #expect(update?.code == .permissionDenied)
    }

    @Test("nobody maps to an administrator of the platform")
    func platformAdministrators() async throws {
        let fixture = try await SSOFixture()
        for patch in [
            SSOSettingsPatch(roleMapping: ["x": .platformAdministrator]),
            SSOSettingsPatch(defaultRoles: [.platformAdministrator]),
        ] {
            let refused = await failure { () throws(Failure) in
                try await fixture.useCases.updateConnection.execute(
                    UpdateSSOConnection.Input(id: fixture.connection.id, settings: patch), as: fixture.admin)
            }
            #expect(refused?.violations.map(\.code) == ["role_not_assignable"])
        }
    }
}
