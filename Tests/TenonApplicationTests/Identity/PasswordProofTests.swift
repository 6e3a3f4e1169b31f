import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct PasswordProofTests {
    private func update(
        _ email: String, _ password: String?, _ fixture: IdentityFixture, as caller: Caller
    ) async throws -> Failure? {
        let input = UpdateProfile.Input(
            email: try EmailAddress(email), username: .absent, name: PersonName.Patch(),
            currentPassword: password.map { Secret($0) })
        return await failure { () throws(Failure) in
            try await fixture.identity.updateProfile.execute(input, as: caller)
        }
    }

    @Test("another e-mail address asks for the password, also of who has none yet; the same one does not")
    func email() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let caller = try await fixture.signedIn(user).caller
        #expect(try await update("ann@example.com", nil, fixture, as: caller) == nil)
        let missing = try await update("eve@example.com", nil, fixture, as: caller)
        #expect(missing?.violations.first?.pointer == "/current_password")
        let wrong = try await update("eve@example.com", "SecurePassword124", fixture, as: caller)
        #expect(wrong?.code == .wrongPassword && wrong?.violations.first?.pointer == "/current_password")
        #expect(fixture.memory.auditRecords.last?.outcome == .denied)
        #expect(try await fixture.stored(user)?.email == user.email)
        #expect(try await update("eve@example.com", "SecurePassword123", fixture, as: caller) == nil)
        #expect(try await fixture.stored(user)?.email.text == "eve@example.com")
        for _ in 1...6 { _ = try await update("bob@example.com", "SecurePassword124", fixture, as: caller) }
        let held = try await update("bob@example.com", "SecurePassword123", fixture, as: caller)
        #expect(held?.code == .tooManyAttempts)

        let without = try await fixture.user("cid@example.com", hash: nil)
        let signedIn = Caller(
            .user(
                SignedInUser(
                    id: without.id, tenant: without.tenant, session: fixture.ids.next(), roles: without.roles)),
            from: .test)
        let unproven = try await update("dan@example.com", nil, fixture, as: signedIn)
        #expect(unproven?.violations.first?.code == "password_required")
        #expect(try await update("cid@example.com", nil, fixture, as: signedIn) == nil)
    }

    @Test("who manages users changes their addresses, and the own one in the profile alone")
    func ownAddress() async throws {
        let fixture = try await IdentityFixture()
        let owner = try await fixture.owner()
        let caller = try await fixture.signedIn(owner).caller
        let patch = UserPatch(email: try EmailAddress("eve@example.com"))
        let refused = await failure { () throws(Failure) in
            try await fixture.identity.updateUser.execute(UpdateUser.Input(id: owner.id, patch), as: caller)
        }
        #expect(refused?.violations.first?.code == "own_email")
        let other = try await fixture.identity.createUser.execute(
            CreateUser.Input(email: try EmailAddress("bob@example.com")), as: caller)
        let changed = try await fixture.identity.updateUser.execute(
            UpdateUser.Input(id: other.id, patch), as: caller)
        #expect(changed.email.text == "eve@example.com")
    }

    @Test("a change of the password that is repeated, since its answer was lost, is no mistake and changes nothing")
    func repeated() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let caller = try await fixture.signedIn(user).caller
        let input = ChangePassword.Input(current: IdentityFixture.password, new: Secret("AnotherPassword1"))
        try await fixture.identity.changePassword.execute(input, as: caller)
        let changed = try await fixture.stored(user)
        try await fixture.identity.changePassword.execute(input, as: caller)
        #expect(try await fixture.stored(user) == changed)
        let other = await failure { () throws(Failure) in
            try await fixture.identity.changePassword.execute(
                .init(current: IdentityFixture.password, new: Secret("AnotherPassword2")), as: caller)
        }
        #expect(other?.code == .wrongPassword)
    }

    @Test("a token that is not good any more is written down where its user is known")
    func resets() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        func reset(_ user: UserID, in tenant: TenantID) async -> FailureCode? {
            let token = PasswordResetToken(tenant: tenant, user: user, secret: [UInt8](repeating: 7, count: 32))
            return await failure { () throws(Failure) in
                try await fixture.identity.resetPassword.execute(
                    .init(token: token.text, new: Secret("AnotherPassword1")), as: fixture.anybody)
            }?.code
        }
        #expect(await reset(fixture.ids.next(), in: user.tenant) == .invalidResetToken)
        #expect(await reset(user.id, in: fixture.ids.next()) == .invalidResetToken)
        #expect(!fixture.memory.auditRecords.contains { $0.action == "identity.password_reset_refused" })
        for _ in 1...2 { #expect(await reset(user.id, in: user.tenant) == .invalidResetToken) }
        let records = fixture.memory.auditRecords.filter { $0.action == "identity.password_reset_refused" }
        #expect(records.map(\.resource) == [.user(user.id)] && records.first?.outcome == .denied)
    }

    @Test("a program's key sets nobody's password and nobody's e-mail address: both would outlive it")
    func programs() async throws {
        let fixture = try await IdentityFixture()
        let tenant = try await fixture.owner().tenant
        let key = Caller(
            .apiKey(APIKeyPrincipal(id: fixture.ids.next(), tenant: tenant, scopes: [.usersRead, .usersWrite])),
            from: .test)
        let refused = await failure { () throws(Failure) in
            try await fixture.identity.createUser.execute(
                .init(email: try emailAddress("bob@example.com"), password: IdentityFixture.password, roles: []),
                as: key)
        }
        #expect(refused?.code == .permissionDenied)
        let made = try await fixture.identity.createUser.execute(
            .init(email: try EmailAddress("bob@example.com"), roles: []), as: key)
        func update(_ patch: UserPatch) async -> FailureCode? {
            await failure { () throws(Failure) in
                try await fixture.identity.updateUser.execute(.init(id: made.id, patch), as: key)
            }?.code
        }
        #expect(await update(UserPatch(email: try EmailAddress("eve@example.com"))) == .permissionDenied)
        #expect(await update(UserPatch(email: made.email, status: .suspended)) == nil)
    }

    private func emailAddress(_ text: String) throws(Failure) -> EmailAddress {
        do { return try EmailAddress(text) } catch { throw .bug("\(text) is no address") }
    }
}
