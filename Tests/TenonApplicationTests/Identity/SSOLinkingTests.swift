import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// Whose account a person of a provider comes in by.
@Suite struct SSOLinkingTests {
    @Test("an account is linked by a verified address of a claimed domain, and by nothing less")
    func linking() async throws {
        let fixture = try await SSOFixture()
        let ann = try await fixture.existing("Ann@acme.example", [.member])
        try await fixture.existing("bob@elsewhere.example", [.member])
        for verified: JSONValue? in [false, nil, "true", 1, [true]] {
            #expect(fixture.refusal(await fixture.login(verified: verified)) == .ssoAccountExists)
        }
        #expect(fixture.refusal(await fixture.login(email: "bob@elsewhere.example")) == .ssoAccountExists)
        #expect(fixture.lastAudit?.details["reason"] == "sso_account_exists")
        #expect(fixture.lastAudit?.outcome == .denied)
        #expect(try fixture.claims(await fixture.login(email: "ann@ACME.example")).subject == ann.id)
        // The address alone leads nobody else to the account.
        #expect(fixture.refusal(await fixture.login("s-2")) == .ssoAccountExists)
    }

    @Test("who proves the address takes the account: password, reset and sessions of whoever set it end")
    func takeover() async throws {
        let fixture = try await SSOFixture()
        let (tenant, now) = (fixture.tenant.id, fixture.clock.now())
        let squatter = User.register(
            id: fixture.ids.next(), tenant: tenant, email: try EmailAddress("ann@acme.example"),
            passwordHash: PasswordHash(encoded: "$scrypt$x"), roles: [.member], at: now
        ).0
        let session = Session.begin(
            id: fixture.ids.next(), for: squatter, from: .test, lifetimes: TokenLifetimes(), at: now
        ).0
        let reset = PasswordReset(tenant: tenant, user: squatter.id, digest: [1], expiresAt: now + .seconds(60))
        try await fixture.memory.write(in: tenant, as: fixture.admin) { work throws(Failure) in
            try await work.users.add(squatter)
            try await work.sessions.add(session)
            try await work.passwordResets.put(reset)
        }
        let claims = try fixture.claims(await fixture.login())
        #expect(claims.subject == squatter.id)
        #expect(try await fixture.user(squatter.id).passwordHash == nil)
        let stores = fixture.memory.reads(in: tenant)
        let live = try await stores.sessions.sessions(of: squatter.id, at: now, PageRequest()).items
        #expect(live.map(\.id) == [claims.session])
        let waiting = try await fixture.memory.write(in: tenant, as: fixture.admin) { work throws(Failure) in
            try await work.passwordResets.take(of: squatter.id, digest: [1])
        }
        #expect(waiting == nil)
        let actions = fixture.memory.auditRecords.suffix(4).map(\.action)
        #expect(
            actions == [
                EventKind.userIdentityLinked.name, EventKind.passwordChanged.name, EventKind.sessionsEnded.name,
                "identity.session_begun",
            ])
        // The next login is one of a subject that is known, and ends nothing.
        _ = try await fixture.login().get()
        #expect(try await stores.sessions.sessions(of: squatter.id, at: now, PageRequest()).items.count == 2)
    }

    @Test("the last owner stays one, whatever the provider says; of two, one may go")
    func lastOwner() async throws {
        let fixture = try await SSOFixture()
        try await fixture.existing("ann@acme.example", [.owner])
        #expect(try fixture.claims(await fixture.login(roles: ["ops"])).roles == [.admin, .owner])
        try await fixture.existing("other@acme.example", [.owner])
        #expect(try fixture.claims(await fixture.login(roles: ["ops"])).roles == [.admin])
    }

    @Test("owners come in over no connection that says nothing of owners, linked before or not")
    func ownersStayOut() async throws {
        let fixture = try await SSOFixture { domain, client in
            SSOSettingsPatch(clientID: client, domains: [domain], defaultRoles: [.member])
        }
        try await fixture.existing("ann@acme.example", [.owner])
        #expect(fixture.refusal(await fixture.login()) == .ssoAccountRefused)
        let bob = try await fixture.existing("bob@acme.example", [.member])
        _ = try await fixture.login("s-2", email: "bob@acme.example").get()
        let linked = try await fixture.user(bob.id)
        try await fixture.memory.write(in: fixture.tenant.id, as: fixture.admin) { work throws(Failure) in
            try await work.users.save(linked.changed(by: UserPatch(roles: [.owner]), at: bob.createdAt)!.0)
        }
        #expect(fixture.refusal(await fixture.login("s-2", email: "bob@acme.example")) == .ssoAccountRefused)
    }

    @Test("nobody who may do more than the connection leads to is linked over it")
    func reach() async throws {
        let fixture = try await SSOFixture { domain, client in
            SSOSettingsPatch(
                clientID: client, domains: [domain], roleMapping: ["dev": .member], defaultRoles: [.viewer])
        }
        let ann = try await fixture.existing("ann@acme.example", [.admin])
        #expect(fixture.refusal(await fixture.login(roles: ["dev"])) == .ssoAccountRefused)
        #expect(try await fixture.user(ann.id) == ann)
        let bob = try await fixture.existing("bob@acme.example", [.member])
        let claims = try fixture.claims(await fixture.login("s-2", email: "bob@acme.example"))
        #expect(claims.subject == bob.id && claims.roles == [.viewer])
        // Whoever is linked stays so, with the roles that the provider says.
        try await fixture.memory.write(in: fixture.tenant.id, as: fixture.admin) { work throws(Failure) in
            let bob = try await work.users.user(bob.id)!
            try await work.users.save(bob.changed(by: UserPatch(roles: [.admin]), at: bob.createdAt)!.0)
        }
        let demoted = try fixture.claims(await fixture.login("s-2", email: "bob@acme.example", roles: ["dev"]))
        #expect(demoted.roles == [.member])
    }

    @Test("what a connection says by the time that the provider has answered counts")
    func meanwhile() async throws {
        let fixture = try await SSOFixture()
        try await fixture.existing("other@acme.example", [.owner])
        func update(_ patch: SSOSettingsPatch) -> @Sendable () async -> Void {
            let id = fixture.connection.id
            return {
                _ = try? await fixture.useCases.updateConnection.execute(
                    UpdateSSOConnection.Input(id: id, settings: patch), as: fixture.admin)
            }
        }
        fixture.provider.meddle.withLock { $0 = update(SSOSettingsPatch(roleMapping: ["ops": .admin])) }
        #expect(try fixture.claims(await fixture.login(roles: ["boss"])).roles == [.viewer])
        fixture.provider.meddle.withLock { $0 = update(SSOSettingsPatch(status: .disabled)) }
        #expect(fixture.refusal(await fixture.login()) == .ssoConnectionNotFound)
        fixture.provider.meddle.withLock { $0 = nil }
        await update(SSOSettingsPatch(status: .active))()
        fixture.provider.meddle.withLock {
            $0 = {
                try? await fixture.useCases.deleteConnection.execute(
                    DeleteSSOConnection.Input(id: fixture.connection.id), as: fixture.admin)
            }
        }
        fixture.clock.advance(by: .seconds(2))
        #expect(fixture.refusal(await fixture.login("s-2", email: "bob@acme.example")) == .ssoConnectionNotFound)
        #expect(fixture.lastAudit?.details["reason"] == "sso_connection_not_found")
    }
}
