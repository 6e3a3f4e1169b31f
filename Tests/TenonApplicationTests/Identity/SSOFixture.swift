import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonService
import TestSupport
import Testing

/// Lets somebody change things while the provider is asked.
final class MeddledProvider: IdentityProvider {
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
struct SSOFixture {
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
        let storage = MemoryStorage(
            ProcessDependencies(clock: clock, randomness: SystemRandomness(), identifiers: ids))
        var options = TenonOptions()
        options.identityProvider = provider
        let tenon = try await Tenon(on: storage, keys: .temporary, options: options)
        memory = storage.memory
        signer = tenon.parts.keyring.signer
        sealer = tenon.parts.keyring.sealer
        useCases = tenon.sso
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
