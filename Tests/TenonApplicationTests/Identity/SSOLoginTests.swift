import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport
import Testing

/// Lets somebody change things while the provider is asked.
private final class MeddledProvider: IdentityProvider {
    let inner = MemoryIdentityProvider(randomness: SystemRandomness())
    let meddle = Mutex<(@Sendable () async -> Void)?>(nil)

    func authorizationURL(for login: SSOLogin, of client: OpenIDClient) async throws(Failure) -> String {
        try await inner.authorizationURL(for: login, of: client)
    }

    func identify(
        _ answer: AuthorizationAnswer, to login: SSOLogin, of client: OpenIDClient
    ) async throws(Failure) -> ProviderIdentity {
        await meddle.withLock { $0 }?()
        return try await inner.identify(answer, to: login, of: client)
    }
}

/// A tenant with a connection, on memory adapters, real crypto and a clock that stands still.
private struct Fixture {
    let clock = ManualClock()
    let ids = Identifiers.forTests()
    let memory: MemoryTransactions
    let sealer: EnvelopeSealer
    let provider = MeddledProvider()
    let signer: AccessTokenSigner
    let useCases: SSOUseCases
    let tenant: Tenant
    /// An owner.
    let admin: Caller
    let anybody = Caller(.anonymous, from: .test)
    let connection: SSOConnection

    static let redirectURI = "https://tenon.example/api/v1/auth/sso/x/callback"

    init(_ settings: (EmailDomain, OAuthClientID) throws -> SSOSettingsPatch = Self.standard) async throws {
        let access = AccessObservers()
        memory = MemoryTransactions(clock: clock, identifiers: ids, access: access)
        let keks = KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))])
        let keys = try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory),
            randomness: SystemRandomness(), clock: clock)
        signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: SystemRandomness())
        access.add(TokenRevocations(signer: signer, clock: clock))
        sealer = EnvelopeSealer(
            keks: keks, dataKeys: MemoryKeys(memory), randomness: SystemRandomness(), clock: clock)
        let ports = Ports(
            transactions: memory, authorizer: PolicyAuthorizer(clock: clock), sealer: sealer, digests: keys.digests,
            identifiers: ids, randomness: SystemRandomness(), clock: clock)
        useCases = SSOUseCases(
            ports, directory: MemoryDirectory(memory), provider: provider,
            sessions: SessionStarter(
                signer: signer, refreshTokens: keys.refreshTokens, identifiers: ids, lifetimes: TokenLifetimes()))
        let tenant = Tenant.register(
            id: ids.next(), slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .free, at: clock.now()
        ).0
        self.tenant = tenant
        admin = Caller(
            .user(SignedInUser(id: ids.next(), tenant: tenant.id, session: ids.next(), roles: [.owner])),
            from: .test)
        let dataKey = try sealer.firstKey(for: tenant.id)
        try await memory.write(in: tenant.id, as: admin) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.dataKeys.addIfAbsent(dataKey)
        }
        connection = try await useCases.createConnection.execute(
            CreateSSOConnection.Input(
                name: SSOConnectionName("company"), preset: .keycloak, issuer: IssuerURL("https://id.example"),
                settings: settings(EmailDomain("acme.example"), OAuthClientID("tenon")),
                secret: Secret("hush".utf8)),
            as: admin)
    }

    static func standard(_ domain: EmailDomain, _ client: OAuthClientID) throws -> SSOSettingsPatch {
        SSOSettingsPatch(
            clientID: client, domains: [domain], roleMapping: ["ops": .admin, "boss": .owner],
            defaultRoles: [.viewer])
    }

    /// A whole way through the provider; the caller's own view of it may be spoilt.
    func login(
        _ subject: String = "s-1", email: JSONValue? = "ann@acme.example", verified: JSONValue? = true,
        roles: [JSONValue] = [], state: ((String) -> String)? = nil, binding: ((String) -> String?)? = nil,
        redirectURI: String = redirectURI, after pause: Duration = .zero
    ) async -> Result<TokenPair, Failure> {
        do throws(Failure) {
            let begun = try await useCases.beginLogin.execute(
                BeginSSOLogin.Input(connection: connection.id, redirectURI: Self.redirectURI), as: anybody)
            let own = String(begun.location.split(separator: "state=")[1])
            clock.advance(by: pause)
            return .success(
                try await complete(
                    code(subject, email: email, verified: verified, roles: roles), state: state?(own) ?? own,
                    binding: binding.map { $0(begun.binding) } ?? begun.binding, redirectURI: redirectURI))
        } catch {
            return .failure(error)
        }
    }

    func code(_ subject: String, email: JSONValue?, verified: JSONValue?, roles: [JSONValue]) -> Secret {
        var claims = JSONObject()
        claims["email"] = email
        claims["email_verified"] = verified
        claims["name"] = "Ann"
        claims["realm_access"] = ["roles": .array(roles)]
        return provider.inner.code(for: ProviderIdentity(subject: subject, claims: claims))
    }

    func complete(
        _ code: Secret?, state: String, binding: String?, redirectURI: String = redirectURI, error: String? = nil
    ) async throws(Failure) -> TokenPair {
        try await useCases.completeLogin.execute(
            CompleteSSOLogin.Input(
                connection: connection.id, redirectURI: redirectURI, state: state, binding: binding,
                answer: code.map { AuthorizationAnswer(code: $0, issuer: nil) }, error: error),
            as: anybody)
    }

    func claims(_ result: Result<TokenPair, Failure>) throws -> AccessClaims {
        try signer.verify(result.get().access, at: clock.now())
    }

    func refusal(_ result: Result<TokenPair, Failure>) -> FailureCode? {
        if case .failure(let failure) = result { failure.code } else { nil }
    }

    func user(_ id: UserID) async throws -> User {
        try #require(try await memory.reads(in: tenant.id).users.user(id))
    }

    /// Somebody who was there before.
    @discardableResult
    func existing(_ email: String, _ roles: Set<Role>, _ status: UserStatus = .active) async throws -> User {
        let made = User.register(
            id: ids.next(), tenant: tenant.id, email: try EmailAddress(email), passwordHash: nil, roles: roles,
            at: clock.now()
        ).0
        let user = made.changed(by: UserPatch(status: status), at: clock.now()).map(\.0) ?? made
        try await memory.write(in: tenant.id, as: admin) { work throws(Failure) in try await work.users.add(user) }
        return user
    }

    var lastAudit: AuditRecord? { memory.auditRecords.last }
}

@Suite struct SSOLoginTests {
    @Test("the first login makes a user, the next one finds them, with the roles that the provider says by then")
    func twice() async throws {
        let fixture = try await Fixture()
        let first = try fixture.claims(await fixture.login(roles: ["ops", "other"]))
        #expect(first.roles == [.admin])
        let user = try await fixture.user(first.subject)
        #expect(user.email.text == "ann@acme.example" && user.name.full?.text == "Ann" && user.passwordHash == nil)
        // Another address changes nothing: the subject is the person.
        let second = try fixture.claims(await fixture.login(email: "eve@acme.example", roles: []))
        #expect(second.subject == first.subject)
        #expect(second.roles == [.viewer])
        #expect(try await fixture.user(first.subject).email.text == "ann@acme.example")
        let actions = fixture.memory.auditRecords.map(\.action)
        #expect(
            actions.suffix(5) == [
                "identity.user_registered", "identity.user_identity_linked", "identity.session_begun",
                EventKind.userChanged.name, "identity.session_begun",
            ])
    }

    @Test("tokens from before the roles changed are void")
    func staleTokens() async throws {
        let fixture = try await Fixture()
        let tokens = try await fixture.login(roles: ["ops"]).get()
        _ = try await fixture.login(roles: []).get()
        #expect(throws: Failure.self) { try fixture.signer.verify(tokens.access, at: fixture.clock.now()) }
    }

    @Test("an account is linked by a verified address of a claimed domain, and by nothing less")
    func linking() async throws {
        let fixture = try await Fixture()
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
        let fixture = try await Fixture()
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

    @Test("nobody comes in without a verified address of a claimed domain")
    func strangers() async throws {
        let fixture = try await Fixture()
        let strangers: [(JSONValue?, JSONValue?)] = [
            (nil, true), ("ann", true), (7, true), ("ann@acme.example", false), ("ann@acme.example.evil.test", true),
            ("ann@notacme.example", true), ("ann@sub.acme.example", true), ("ann@acme.example@evil.test", true),
        ]
        for (email, verified) in strangers {
            #expect(fixture.refusal(await fixture.login(email: email, verified: verified)) == .ssoAccountRefused)
        }
    }

    @Test("a connection that makes no users lets only those in who are there")
    func withoutCreation() async throws {
        let fixture = try await Fixture { domain, client in
            SSOSettingsPatch(clientID: client, domains: [domain], createsUsers: false)
        }
        #expect(fixture.refusal(await fixture.login()) == .ssoAccountRefused)
        let ann = try await fixture.existing("ann@acme.example", [.member])
        let claims = try fixture.claims(await fixture.login())
        #expect(claims.subject == ann.id)
        #expect(claims.roles == [.member], "without a mapping the provider has no say in roles")
    }

    @Test("the last owner stays one, whatever the provider says; of two, one may go")
    func lastOwner() async throws {
        let fixture = try await Fixture()
        try await fixture.existing("ann@acme.example", [.owner])
        #expect(try fixture.claims(await fixture.login(roles: ["ops"])).roles == [.admin, .owner])
        try await fixture.existing("other@acme.example", [.owner])
        #expect(try fixture.claims(await fixture.login(roles: ["ops"])).roles == [.admin])
    }

    @Test("owners come in over no connection that says nothing of owners, linked before or not")
    func ownersStayOut() async throws {
        let fixture = try await Fixture { domain, client in
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
        let fixture = try await Fixture { domain, client in
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
        let fixture = try await Fixture()
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

    @Test("only owners make and change connections that map to the role owner")
    func ownersAlone() async throws {
        let fixture = try await Fixture()
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
        let fixture = try await Fixture()
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

    @Test("suspended users get no session")
    func suspension() async throws {
        let fixture = try await Fixture()
        try await fixture.existing("ann@acme.example", [.member], .suspended)
        #expect(fixture.refusal(await fixture.login()) == .accountSuspended)
    }

    @Test(
        "a state is good in the browser, for the connection and the redirection that it was given for, for 10 minutes")
    func foreignStates() async throws {
        let fixture = try await Fixture()
        let other = try await Fixture()
        let foreign = try await other.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: other.connection.id, redirectURI: Fixture.redirectURI), as: other.anybody)
        let foreignState = String(foreign.location.split(separator: "state=")[1])
        let spoilt: [Result<TokenPair, Failure>] = [
            await fixture.login(state: { _ in foreignState }),
            await fixture.login(state: { _ in foreignState }, binding: { _ in foreign.binding }),
            await fixture.login(state: { _ in "" }), await fixture.login(state: { _ in "AAAA" }),
            await fixture.login(state: { $0 + "A" }), await fixture.login(state: { String($0.dropLast()) }),
            await fixture.login(state: { ($0.hasPrefix("AQ") ? "AA" : "AQ") + $0.dropFirst(2) }),
            await fixture.login(binding: { _ in nil }), await fixture.login(binding: { _ in "" }),
            await fixture.login(binding: { _ in foreign.binding }),
            await fixture.login(redirectURI: Fixture.redirectURI + "/"),
            await fixture.login(after: .seconds(600)),
        ]
        for result in spoilt { #expect(fixture.refusal(result) == .ssoStateMismatch) }
        #expect(fixture.lastAudit?.action == "identity.sign_in_refused")
        #expect(fixture.lastAudit?.details["reason"] == "sso_state_mismatch")
        // Eleven in one moment are written down as one, and the twelfth says so.
        #expect(fixture.memory.auditRecords.count { $0.action == "identity.sign_in_refused" } == 2)
        #expect(fixture.lastAudit?.details["omitted"] == 10)
        #expect(fixture.refusal(await fixture.login(after: .seconds(599))) == nil)
    }

    @Test("a state is good once, also where the provider refused, and for one of many at once")
    func replay() async throws {
        let fixture = try await Fixture()
        let begun = try await fixture.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: fixture.connection.id, redirectURI: Fixture.redirectURI),
            as: fixture.anybody)
        let state = String(begun.location.split(separator: "state=")[1])
        let denied = await failure { () throws(Failure) in
            try await fixture.complete(nil, state: state, binding: begun.binding, error: "access_denied")
        }
        #expect(denied?.code == .ssoRefused)
        #expect(denied?.detail == "The identity provider refused the login: access_denied.")
        let code = fixture.code("s-1", email: "ann@acme.example", verified: true, roles: [])
        let replayed = await failure { () throws(Failure) in
            try await fixture.complete(code, state: state, binding: begun.binding)
        }
        #expect(replayed?.code == .ssoStateMismatch)

        let next = try await fixture.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: fixture.connection.id, redirectURI: Fixture.redirectURI),
            as: fixture.anybody)
        let raced = String(next.location.split(separator: "state=")[1])
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let code = fixture.code("s-1", email: "ann@acme.example", verified: true, roles: [])
                    return (try? await fixture.complete(code, state: raced, binding: next.binding)) != nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
    }

    @Test("text that the provider makes up is not repeated")
    func foreignErrors() async throws {
        let fixture = try await Fixture()
        let begun = try await fixture.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: fixture.connection.id, redirectURI: Fixture.redirectURI),
            as: fixture.anybody)
        let refused = await failure { () throws(Failure) in
            try await fixture.complete(
                nil, state: String(begun.location.split(separator: "state=")[1]), binding: begun.binding,
                error: "<script>")
        }
        #expect(refused?.detail == "The identity provider refused the login: no reason.")
    }

    @Test("a connection that is switched off, or gone, is none")
    func switchedOff() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.useCases.updateConnection.execute(
            UpdateSSOConnection.Input(id: fixture.connection.id, settings: SSOSettingsPatch(status: .disabled)),
            as: fixture.admin)
        #expect(fixture.refusal(await fixture.login()) == .ssoConnectionNotFound)
        try await fixture.useCases.deleteConnection.execute(
            DeleteSSOConnection.Input(id: fixture.connection.id), as: fixture.admin)
        #expect(fixture.refusal(await fixture.login()) == .ssoConnectionNotFound)
    }

    @Test("nobody maps to an administrator of the platform")
    func platformAdministrators() async throws {
        let fixture = try await Fixture()
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
