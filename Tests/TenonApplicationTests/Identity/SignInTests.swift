import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport
import Testing

/// Use cases on the memory adapters with real crypto, on a clock that stands still.
private struct Fixture {
    let clock = ManualClock()
    let memory: MemoryTransactions
    let ids = Identifiers.forTests()
    let hasher = PasswordHashing(policy: .scrypt, threads: 1, randomness: SystemRandomness())
    let signer: AccessTokenSigner
    let keys: InstallationKeys
    let sessions: SessionStarter

    init() async throws {
        let access = AccessObservers()
        memory = MemoryTransactions(clock: clock, identifiers: ids, access: access)
        keys = try await InstallationKeys.open(
            keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), secretKey: nil,
            dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory), randomness: SystemRandomness(), clock: clock)
        signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: SystemRandomness())
        access.add(TokenRevocations(signer: signer, clock: clock))
        sessions = SessionStarter(
            signer: signer, refreshTokens: keys.refreshTokens, identifiers: ids, lifetimes: TokenLifetimes())
    }

    var signIn: SignIn {
        SignIn(
            transactions: memory, directory: MemoryDirectory(memory), hasher: hasher, sessions: sessions, clock: clock)
    }

    var refresh: RefreshSession {
        RefreshSession(
            transactions: memory, refreshTokens: keys.refreshTokens,
            sessions: sessions, clock: clock)
    }

    let anybody = Caller(.anonymous, from: .test)

    /// A user of a new, active tenant, with the hash as it is given.
    func user(_ email: String, hash: PasswordHash) async throws -> User {
        let tenant = Tenant.register(
            id: ids.next(), slug: try TenantSlug("t\(ids.next(Tenant.self).low % 1_000_000)"),
            name: try DisplayName("T"), plan: .free, at: clock.now()
        ).0
        let user = User.register(
            id: ids.next(), tenant: tenant.id, email: try EmailAddress(email), passwordHash: hash,
            roles: [.member], at: clock.now()
        ).0
        try await memory.write(in: tenant.id, as: anybody) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.users.add(user)
        }
        return user
    }
}

@Suite struct SignInTests {
    @Test("a right password under an outdated hash gets in and is hashed again")
    func upgrade() async throws {
        let fixture = try await Fixture()
        defer { fixture.hasher.shutdown() }
        let old = PasswordHash(encoded: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")
        let user = try await fixture.user("ann@example.com", hash: old)
        _ = try await fixture.signIn.execute(
            .init(login: .email(user.email), password: Secret("U*U".utf8), tenant: nil), as: fixture.anybody)
        let stored = try await fixture.memory.reads(in: user.tenant).users.user(user.id)
        #expect(stored?.passwordHash?.encoded.hasPrefix("$scrypt$") == true)
        #expect(stored?.version == user.version)
    }

    @Test("a wrong password is audited at its tenant and leaves no session")
    func refused() async throws {
        let fixture = try await Fixture()
        defer { fixture.hasher.shutdown() }
        let user = try await fixture.user(
            "ann@example.com", hash: try await fixture.hasher.hash(Secret("SecurePassword123".utf8)))
        let refused = await failure { () throws(Failure) in
            try await fixture.signIn.execute(
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
        let fixture = try await Fixture()
        defer { fixture.hasher.shutdown() }
        let user = try await fixture.user(
            "ann@example.com", hash: try await fixture.hasher.hash(Secret("SecurePassword123".utf8)))
        let first = try await fixture.signIn.execute(
            .init(login: .email(user.email), password: Secret("SecurePassword123".utf8), tenant: nil),
            as: fixture.anybody)
        let second = try await fixture.refresh.execute(.init(token: first.refresh), as: fixture.anybody)
        let repeated = try await fixture.refresh.execute(.init(token: first.refresh), as: fixture.anybody)
        #expect(second.refresh == repeated.refresh)
        #expect(second.refresh != first.refresh)
        fixture.clock.advance(by: .seconds(11))
        let replayed = await failure { () throws(Failure) in
            try await fixture.refresh.execute(.init(token: first.refresh), as: fixture.anybody)
        }
        #expect(replayed?.code == .invalidRefreshToken)
        #expect(throws: Failure.self) { try fixture.signer.verify(second.access, at: fixture.clock.now()) }
        let over = await failure { () throws(Failure) in
            try await fixture.refresh.execute(.init(token: second.refresh), as: fixture.anybody)
        }
        #expect(over?.code == .invalidRefreshToken)
        #expect(fixture.memory.auditRecords.contains { $0.action == "identity.session_ended" })
    }

    @Test("only a job of the platform makes administrators, and they sign in without a tenant")
    func administrators() async throws {
        let fixture = try await Fixture()
        defer { fixture.hasher.shutdown() }
        let create = CreateAdministrator(
            transactions: fixture.memory, passwords: PasswordPolicy(), hasher: fixture.hasher, identifiers: fixture.ids,
            clock: fixture.clock)
        let input = CreateAdministrator.Input(
            email: try EmailAddress("root@example.com"), fullName: nil, password: Secret("SecurePassword123".utf8))
        let refused = await failure { () throws(Failure) in try await create.execute(input, as: fixture.anybody) }
        #expect(refused?.code == .permissionDenied)
        let operatorCaller = Caller(.system(job: "command-line", tenant: .platform), from: .test)
        _ = try await create.execute(input, as: operatorCaller)
        let tokens = try await fixture.signIn.execute(
            .init(login: .email(input.email), password: input.password, tenant: nil), as: fixture.anybody)
        let claims = try fixture.signer.verify(tokens.access, at: fixture.clock.now())
        guard case .platformAdministrator = Principal(claims) else {
            Issue.record("not an administrator")
            return
        }
        let permissions = RoleAuthorizer().permissions(of: Caller(Principal(claims), from: .test))
        #expect(permissions.contains(.tenantsWrite) && !permissions.contains(.configsRead))
    }
}
