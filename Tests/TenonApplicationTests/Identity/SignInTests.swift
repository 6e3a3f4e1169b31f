import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@Suite struct SignInTests {
    @Test("a right password under an outdated hash gets in and is hashed again")
    func upgrade() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.user("ann@example.com", hash: CountedHashes.outdated("U*U"))
        _ = try await fixture.identity.signIn.execute(
            .init(login: .email(user.email), password: Secret("U*U".utf8), tenant: nil), as: fixture.anybody)
        let stored = try await fixture.memory.reads(in: user.tenant).users.user(user.id)
        #expect(stored?.passwordHash?.encoded.hasPrefix("counted$") == true)
        #expect(stored?.version == user.version)
    }

    @Test("a name that nobody has costs one hash, as a wrong password and an account without one do")
    func cost() async throws {
        let fixture = try await IdentityFixture()
        _ = try await fixture.owner("ann@example.com")
        _ = try await fixture.user("bob@example.com", hash: nil)
        for name in ["ann", "bob", "nobody"] {
            let before = fixture.hasher.count
            let login = LoginName.email(try EmailAddress("\(name)@example.com"))
            let refused = await failure { () throws(Failure) in
                try await fixture.identity.signIn.execute(
                    .init(login: login, password: Secret("WrongPassword1"), tenant: nil), as: fixture.anybody)
            }
            #expect(refused?.code == .invalidCredentials)
            #expect(fixture.hasher.count == before + 1, "\(name)")
        }
    }

    @Test("a wrong password is audited at its tenant and leaves no session")
    func refused() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.user(
            "ann@example.com", hash: try await fixture.hasher.hash(Secret("SecurePassword123".utf8)))
        let refused = await failure { () throws(Failure) in
            try await fixture.identity.signIn.execute(
                .init(login: .email(user.email), password: Secret("SecurePassword124".utf8), tenant: nil),
                as: fixture.anybody)
        }
        #expect(refused?.code == .invalidCredentials)
        let record = try #require(fixture.memory.auditRecords.last)
        #expect(record.action == "identity.sign_in_refused")
        #expect(record.outcome == .denied)
        #expect(record.tenant == user.tenant)
    }

    @Test("a lost reply gets the same refresh token again; a replay ends the session and its access tokens")
    func refresh() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.user(
            "ann@example.com", hash: try await fixture.hasher.hash(Secret("SecurePassword123".utf8)))
        let first = try await fixture.identity.signIn.execute(
            .init(login: .email(user.email), password: Secret("SecurePassword123".utf8), tenant: nil),
            as: fixture.anybody)
        let second = try await fixture.identity.refreshSession.execute(.init(token: first.refresh), as: fixture.anybody)
        let repeated = try await fixture.identity.refreshSession.execute(
            .init(token: first.refresh), as: fixture.anybody)
        #expect(second.refresh == repeated.refresh)
        #expect(second.refresh != first.refresh)
        fixture.clock.advance(by: .seconds(11))
        let replayed = await failure { () throws(Failure) in
            try await fixture.identity.refreshSession.execute(.init(token: first.refresh), as: fixture.anybody)
        }
        #expect(replayed?.code == .invalidRefreshToken)
        #expect(throws: Failure.self) { try fixture.signer.verify(second.access, at: fixture.clock.now()) }
        let over = await failure { () throws(Failure) in
            try await fixture.identity.refreshSession.execute(.init(token: second.refresh), as: fixture.anybody)
        }
        #expect(over?.code == .invalidRefreshToken)
        #expect(fixture.memory.auditRecords.contains { $0.action == "identity.session_ended" })
    }

    @Test("only a job of the platform makes administrators, and they sign in without a tenant")
    func administrators() async throws {
        let fixture = try await IdentityFixture()
        let create = CreateAdministrator(
            transactions: fixture.memory, passwords: PasswordPolicy(), hasher: fixture.hasher, identifiers: fixture.ids,
            clock: fixture.clock)
        let input = CreateAdministrator.Input(
            email: try EmailAddress("root@example.com"), fullName: nil, password: Secret("SecurePassword123".utf8))
        let refused = await failure { () throws(Failure) in try await create.execute(input, as: fixture.anybody) }
        #expect(refused?.code == .permissionDenied)
        let operatorCaller = Caller(.system(job: "command-line", tenant: .platform), from: .test)
        _ = try await create.execute(input, as: operatorCaller)
        let tokens = try await fixture.identity.signIn.execute(
            .init(login: .email(input.email), password: input.password, tenant: nil), as: fixture.anybody)
        let claims = try fixture.signer.verify(tokens.access, at: fixture.clock.now())
        guard case .platformAdministrator = Principal(claims) else {
            Issue.record("not an administrator")
            return
        }
        let permissions = PolicyAuthorizer.forTests().permissions(of: Caller(Principal(claims), from: .test))
        #expect(permissions.contains(.tenantsWrite) && !permissions.contains(.configsRead))
    }
}
