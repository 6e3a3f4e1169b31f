import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct UserTests {
    @Test("the last active owner cannot be demoted, suspended or removed; with another one it can")
    func lastOwner() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let owner = try await fixture.signedIn(user).caller
        for patch in [UserPatch(roles: [.admin]), UserPatch(status: .suspended)] {
            let refused = await failure { () throws(Failure) in
                try await fixture.identity.updateUser.execute(.init(id: user.id, patch), as: owner)
            }
            #expect(refused?.code == .lastOwner)
        }
        let refused = await failure { () throws(Failure) in
            try await fixture.identity.deleteUser.execute(.init(id: user.id), as: owner)
        }
        #expect(refused?.code == .lastOwner)
        let second = try await fixture.identity.createUser.execute(
            .init(email: try EmailAddress("bob@example.com"), password: IdentityFixture.password, roles: [.owner]),
            as: owner)
        try await fixture.identity.deleteUser.execute(.init(id: user.id), as: owner)
        #expect(try await fixture.stored(user) == nil)
        #expect(try await fixture.stored(second) == second)
    }

    @Test("only an owner makes and unmakes owners, and nobody becomes an administrator of the platform")
    func grants() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let owner = try await fixture.signedIn(user).caller
        let admin = try await fixture.identity.createUser.execute(
            .init(email: try EmailAddress("bob@example.com"), password: IdentityFixture.password, roles: [.admin]),
            as: owner)
        let asAdmin = try await fixture.signedIn(admin).caller
        for (id, roles) in [(admin.id, Set([Role.owner])), (user.id, Set([Role.admin]))] {
            let refused = await failure { () throws(Failure) in
                try await fixture.identity.updateUser.execute(
                    .init(id: id, UserPatch(roles: roles)), as: asAdmin)
            }
            #expect(refused?.code == .permissionDenied)
        }
        let removal = await failure { () throws(Failure) in
            try await fixture.identity.deleteUser.execute(.init(id: user.id), as: asAdmin)
        }
        #expect(removal?.code == .permissionDenied)
        let platform = await failure { () throws(Failure) in
            try await fixture.identity.updateUser.execute(
                .init(id: admin.id, UserPatch(roles: [.platformAdministrator])), as: owner)
        }
        #expect(platform?.violations.first?.pointer == "/roles")
    }

    @Test("nobody touches a user who may do more by a rule of their own, nor gives what they have under conditions")
    func reach() async throws {
        let fixture = try await IdentityFixture()
        let owner = try await fixture.signedIn(try await fixture.owner()).caller
        let tenant = try owner.requireTenant()
        var users: [User] = []
        for name in ["ann", "bob", "cid"] {
            users.append(
                try await fixture.identity.createUser.execute(
                    .init(email: try EmailAddress("\(name)@acme.example"), roles: [.viewer]), as: owner))
        }
        let support = try Role("support")
        let manager = TenantRole.create(
            try Role("manager"), of: tenant, description: nil, permissions: [.usersRead, .usersWrite],
            inherits: [.viewer], by: "test", at: fixture.clock.now()
        ).0
        let rules = """
            p, user:\(users[1].id), secrets, read, allow
            p, role:support, audit, read, allow
            p, role:manager, audit, read, allow, r.req.hour < 24
            """
        let policy = Policy.create(
            id: fixture.ids.next(), of: tenant,
            PolicyContent(name: try DisplayName("x"), rules: try PolicyText(rules)), by: "test", at: fixture.clock.now()
        ).0
        let supporters = TenantRole.create(
            support, of: tenant, description: nil, permissions: [], inherits: [], by: "test", at: fixture.clock.now()
        ).0
        try await fixture.memory.write(in: tenant, as: owner) { work throws(Failure) in
            try await work.policies.add(manager)
            try await work.policies.add(supporters)
            try await work.policies.add(policy)
        }
        let access = try await fixture.memory.reads(in: tenant).access.tenantAccess()
        let caller = Caller(
            .user(
                SignedInUser(
                    id: users[0].id, tenant: tenant, session: fixture.ids.next(), roles: [manager.role])),
            from: .test, access: access)
        func update(_ user: User, _ patch: UserPatch) async -> FailureCode? {
            await failure { () throws(Failure) in
                try await fixture.identity.updateUser.execute(.init(id: user.id, patch), as: caller)
            }?.code
        }
        #expect(await update(users[1], UserPatch(status: .suspended)) == .permissionDenied)
        let removal = await failure { () throws(Failure) in
            try await fixture.identity.deleteUser.execute(.init(id: users[1].id), as: caller)
        }
        #expect(removal?.code == .permissionDenied)
        #expect(await update(users[2], UserPatch(roles: [support])) == .permissionDenied)
        #expect(await update(users[2], UserPatch(status: .suspended)) == nil)
    }

    @Test("an administrator of the platform makes another one")
    func administrators() async throws {
        let fixture = try await IdentityFixture()
        let administrator = Caller(
            .platformAdministrator(
                SignedInUser(
                    id: fixture.ids.next(), tenant: .platform, session: fixture.ids.next(),
                    roles: [.platformAdministrator])), from: .test)
        let made = try await fixture.identity.createUser.execute(
            .init(
                email: try EmailAddress("root@example.com"), password: IdentityFixture.password,
                roles: [.platformAdministrator]), as: administrator)
        #expect(try await fixture.stored(made) == made)
    }

    @Test("a role is judged by what it is when it is given, whatever the request was let in by")
    func staleRules() async throws {
        let fixture = try await IdentityFixture()
        let owner = try await fixture.signedIn(try await fixture.owner()).caller
        let tenant = try owner.requireTenant()
        func role(_ name: String, _ permissions: Set<Permission>) throws -> TenantRole {
            TenantRole.create(
                try Role(name), of: tenant, description: nil, permissions: permissions, inherits: [], by: "test",
                at: fixture.clock.now()
            ).0
        }
        let manager = try role("manager", [.usersRead, .usersWrite, .ssoWrite])
        try await fixture.memory.write(in: tenant, as: owner) { work throws(Failure) in
            try await work.policies.add(manager)
        }
        let caller = Caller(
            .user(
                SignedInUser(
                    id: fixture.ids.next(), tenant: tenant, session: fixture.ids.next(), roles: [manager.role])),
            from: .test, access: try await fixture.memory.reads(in: tenant).access.tenantAccess())
        // Another process makes a role that may more; this one has not heard of it.
        let auditor = try role("auditor", [.auditRead])
        let harmless = try role("harmless", [.usersRead])
        try await fixture.memory.write(in: tenant, as: owner) { work throws(Failure) in
            try await work.policies.add(auditor)
            try await work.policies.add(harmless)
        }
        func make(_ name: String, _ role: Role) async -> FailureCode? {
            await failure { () throws(Failure) in
                try await fixture.identity.createUser.execute(
                    .init(email: try! EmailAddress("\(name)@example.com"), roles: [role]), as: caller)
            }?.code
        }
        #expect(await make("bob", auditor.role) == .permissionDenied)
        let absent = try Role("absent")
        #expect(await make("bob", absent) == .validationFailed)
        #expect(await make("bob", harmless.role) == nil)
        let bob = try #require(
            try await fixture.memory.reads(in: tenant).users.user(.email(try EmailAddress("bob@example.com"))))
        let raised = await failure { () throws(Failure) in
            try await fixture.identity.updateUser.execute(
                .init(id: bob.id, UserPatch(roles: [auditor.role])), as: caller)
        }
        #expect(raised?.code == .permissionDenied)
    }

    @Test("other roles take access tokens out of force; a refresh brings one that says them")
    func roles() async throws {
        let fixture = try await IdentityFixture()
        let owner = try await fixture.signedIn(try await fixture.owner()).caller
        let member = try await fixture.identity.createUser.execute(
            .init(email: try EmailAddress("bob@example.com"), password: IdentityFixture.password), as: owner)
        let tokens = try await fixture.signedIn(member).tokens
        let renamed = try await fixture.identity.updateUser.execute(
            .init(
                id: member.id,
                UserPatch(name: PersonName.Patch(full: .set(try DisplayName("Bob")))), if: .versions([1])),
            as: owner)
        #expect(renamed.version == 2)
        #expect(throws: Never.self) { try fixture.signer.verify(tokens.access, at: fixture.clock.now()) }
        _ = try await fixture.identity.updateUser.execute(
            .init(id: member.id, UserPatch(roles: [.viewer])), as: owner)
        #expect(throws: Failure.self) { try fixture.signer.verify(tokens.access, at: fixture.clock.now()) }
        let refreshed = try await fixture.identity.refreshSession.execute(
            .init(token: tokens.refresh), as: fixture.anybody)
        let claims = try fixture.signer.verify(refreshed.access, at: fixture.clock.now())
        #expect(claims.roles == [.viewer])
        _ = try await fixture.identity.updateUser.execute(
            .init(id: member.id, UserPatch(status: .suspended)), as: owner)
        #expect(throws: Failure.self) { try fixture.signer.verify(refreshed.access, at: fixture.clock.now()) }
        let suspended = await failure { () throws(Failure) in
            try await fixture.identity.refreshSession.execute(.init(token: refreshed.refresh), as: fixture.anybody)
        }
        #expect(suspended?.code == .invalidRefreshToken)
        let stale = await failure { () throws(Failure) in
            try await fixture.identity.deleteUser.execute(.init(id: member.id, if: .versions([1])), as: owner)
        }
        #expect(stale?.code == .preconditionFailed)
    }

    @Test("a new password asks for the current one, ends the other sessions and keeps this one")
    func changePassword() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let here = try await fixture.signedIn(user)
        let there = try await fixture.signedIn(user)
        let wrong = await failure { () throws(Failure) in
            try await fixture.identity.changePassword.execute(
                .init(current: Secret("SecurePassword124"), new: Secret("AnotherPassword1")), as: here.caller)
        }
        #expect(wrong?.code == .wrongPassword && wrong?.violations.first?.pointer == "/old_password")
        try await fixture.identity.changePassword.execute(
            .init(current: IdentityFixture.password, new: Secret("AnotherPassword1")), as: here.caller)
        #expect(throws: Never.self) { try fixture.signer.verify(here.tokens.access, at: fixture.clock.now()) }
        #expect(throws: Failure.self) { try fixture.signer.verify(there.tokens.access, at: fixture.clock.now()) }
        #expect(try await fixture.identity.listSessions.execute(as: here.caller).items.count == 1)
        _ = try await fixture.identity.refreshSession.execute(.init(token: here.tokens.refresh), as: fixture.anybody)
        let old = await failure { () throws(Failure) in
            try await fixture.identity.signIn.execute(
                .init(login: .email(user.email), password: IdentityFixture.password, tenant: nil), as: fixture.anybody)
        }
        #expect(old?.code == .invalidCredentials)
    }

    @Test("own sessions are listed and ended, nobody else's; signing out ends the one that it is called by")
    func sessions() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let here = try await fixture.signedIn(user)
        let there = try await fixture.signedIn(user)
        let stranger = try await fixture.signedIn(try await fixture.owner("eve@example.com")).caller
        let sessions = try await fixture.identity.listSessions.execute(as: here.caller).items
        #expect(sessions.count == 2 && sessions[0].id > sessions[1].id)
        for id in sessions.map(\.id) {
            let refused = await failure { () throws(Failure) in
                try await fixture.identity.endSession.execute(id, as: stranger)
            }
            #expect(refused?.code == .sessionNotFound)
        }
        try await fixture.identity.endSession.execute(try here.caller.requireUser().session, as: there.caller)
        #expect(throws: Failure.self) { try fixture.signer.verify(here.tokens.access, at: fixture.clock.now()) }
        try await fixture.identity.endSession.execute(nil, as: there.caller)
        #expect(throws: Failure.self) { try fixture.signer.verify(there.tokens.access, at: fixture.clock.now()) }
        let over = await failure { () throws(Failure) in
            try await fixture.identity.refreshSession.execute(.init(token: there.tokens.refresh), as: fixture.anybody)
        }
        #expect(over?.code == .invalidRefreshToken)
    }
}
