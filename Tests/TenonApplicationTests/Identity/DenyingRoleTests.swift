import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

/// A role that denies takes from what other roles give only as long as somebody has it.
@Suite struct DenyingRoleTests {
    /// A tenant where `quarantined` denies everything and `discreet` the secrets, and where `clerk` manages users and
    /// `connector` identity providers.
    private struct Fixture {
        let identity: IdentityFixture
        let owner: Caller
        let access: TenantAccess
        var tenant: TenantID { access.tenant }

        static let quarantined = try! Role("quarantined")
        static let discreet = try! Role("discreet")

        init() async throws {
            identity = try await IdentityFixture()
            owner = try await identity.signedIn(try await identity.owner()).caller
            let tenant = try owner.requireTenant()
            let (at, id) = (identity.clock.now(), identity.ids.next() as PolicyID)
            let permissions: [(String, [Permission])] = [
                ("quarantined", []), ("discreet", []), ("clerk", [.usersRead, .usersWrite]), ("connector", [.ssoWrite]),
            ]
            let roles = try permissions.map { name, permissions in
                TenantRole.create(
                    try Role(name), of: tenant, description: nil, permissions: Set(permissions), inherits: [],
                    by: "test", at: at
                ).0
            }
            let rules = "p, role:quarantined, *, *, deny\np, role:discreet, secrets, read, deny"
            let policy = Policy.create(
                id: id, of: tenant, PolicyContent(name: try DisplayName("x"), rules: try PolicyText(rules)), by: "test",
                at: at
            ).0
            try await identity.memory.write(in: tenant, as: owner) { work throws(Failure) in
                for role in roles { try await work.policies.add(role) }
                try await work.policies.add(policy)
            }
            access = try #require(try await identity.memory.reads(in: tenant).access.tenantAccess())
        }

        func caller(_ roles: Role..., id: UserID? = nil) -> Caller {
            let user = SignedInUser(
                id: id ?? identity.ids.next(), tenant: tenant, session: identity.ids.next(), roles: Set(roles))
            return Caller(.user(user), from: .test, access: access)
        }

        func user(_ name: String, _ roles: Role...) async throws -> User {
            try await identity.identity.createUser.execute(
                .init(email: try EmailAddress("\(name)@acme.example"), roles: Set(roles)), as: owner)
        }

        func create(_ roles: Role..., as caller: Caller) async -> FailureCode? {
            await failure { () throws(Failure) in
                try await identity.identity.createUser.execute(
                    .init(email: try! EmailAddress("new@acme.example"), roles: Set(roles)), as: caller)
            }?.code
        }

        func update(_ user: User, _ patch: UserPatch, as caller: Caller) async -> FailureCode? {
            await failure { () throws(Failure) in
                try await identity.identity.updateUser.execute(.init(id: user.id, patch), as: caller)
            }?.code
        }
    }

    @Test("whoever manages users gives nobody a role beyond their own reach under one that denies")
    func masked() async throws {
        let fixture = try await Fixture()
        let clerk = fixture.caller(try Role("clerk"))
        #expect(await fixture.create(.admin, as: clerk) == .permissionDenied)
        #expect(await fixture.create(.admin, Fixture.quarantined, as: clerk) == .permissionDenied)
        let plain = try await fixture.user("plain")
        let masked: Set = [.admin, Fixture.quarantined]
        #expect(await fixture.update(plain, UserPatch(roles: masked), as: clerk) == .permissionDenied)
        #expect(await fixture.update(plain, UserPatch(roles: [Fixture.quarantined]), as: clerk) == nil)
    }

    @Test("a role that denies, laid on somebody or lying on them, brings nobody within reach")
    func standing() async throws {
        let fixture = try await Fixture()
        let clerk = fixture.caller(try Role("clerk"))
        let email = try EmailAddress("evil@acme.example")
        let admin = try await fixture.user("admin", .admin)
        let patch = UserPatch(email: email, roles: [.admin, Fixture.quarantined])
        #expect(await fixture.update(admin, patch, as: clerk) == .permissionDenied)
        let held = try await fixture.user("held", .admin, Fixture.quarantined)
        #expect(await fixture.update(held, UserPatch(email: email), as: clerk) == .permissionDenied)
        #expect(await fixture.update(held, UserPatch(roles: [.admin]), as: clerk) == .permissionDenied)
    }

    @Test("nobody lays down a role that denies something to themselves")
    func own() async throws {
        let fixture = try await Fixture()
        let user = try await fixture.user("dee", .admin, Fixture.discreet)
        let caller = fixture.caller(.admin, Fixture.discreet, id: user.id)
        #expect(await fixture.update(user, UserPatch(roles: [.admin]), as: caller) == .permissionDenied)
        // What changes no role is theirs to change.
        let username = try Username("dee")
        #expect(await fixture.update(user, UserPatch(username: .set(username)), as: caller) == nil)
    }

    @Test("an API key that writes users reaches no further by a role that denies")
    func key() async throws {
        let fixture = try await Fixture()
        let principal = APIKeyPrincipal(
            id: fixture.identity.ids.next(), tenant: fixture.tenant, scopes: [.usersWrite])
        let key = Caller(.apiKey(principal), from: .test, access: fixture.access)
        #expect(await fixture.create(.admin, Fixture.quarantined, as: key) == .permissionDenied)
    }

    @Test("a connection leads to each of its roles by itself, and reaches nobody the further by one that denies")
    func connection() async throws {
        let fixture = try await Fixture()
        let grants = RoleGrants(authorizer: PolicyAuthorizer(clock: fixture.identity.clock))
        func reaches(_ mapped: Set<Role>, over roles: Set<Role>) -> Bool {
            grants.reaches(mapped, over: roles, in: fixture.access, from: .test)
        }
        #expect(reaches([.admin, Fixture.quarantined], over: [.member]))
        #expect(!reaches([.member], over: [.admin, Fixture.quarantined]))
        #expect(!reaches([Fixture.quarantined], over: [.viewer]))
        let connector = fixture.caller(try Role("connector"))
        let reads = fixture.identity.memory.reads(in: fixture.tenant)
        let refused = await failure { () throws(Failure) in
            try await grants.requireReach(over: [.admin, Fixture.quarantined], of: nil, as: connector, reads)
        }
        #expect(refused?.code == .permissionDenied)
    }
}
