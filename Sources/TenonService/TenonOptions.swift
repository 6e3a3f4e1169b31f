public import TenonApplication
public import TenonCrypto
public import TenonDomain
internal import TenonHTTP
public import TenonHTTPServer
public import TenonOIDC

/// What an operator or an embedder may decide; each has a default that is good for production.
public struct TenonOptions: Sendable {
    /// Wraps the token-signing keys; nil derives one from the newest key encryption key.
    public var secretKey: Secret?
    public var lifetimes = TokenLifetimes()
    public var passwords = PasswordPolicy()
    public var passwordHash = PasswordHashing.Policy.automatic
    public var hashingThreads = 2
    /// How often a password is tried on one account from one address before that costs a wait.
    public var freeAttempts = 5
    /// Whether everyone may register a tenant.
    public var isRegistrationOpen = true
    /// What a new tenant gets.
    public var plan = TenantPlan.professional
    /// How long a deleted tenant can be restored.
    public var tenantGrace = Duration.seconds(30 * 86_400)
    public var rateLimits = RateLimits()
    /// Of the cache of configuration entries.
    public var cacheBytes = 64 << 20
    public var providerPolicy = ProviderPolicy(allowsPlainLoopback: false, allowsPrivateAddresses: false)
    /// The issuer of connections to Logto that name none.
    public var logtoIssuer: IssuerURL?
    /// The public scheme and authority of the service; nil to use those of each request.
    public var publicURL: String?
    public var healthTimeout = Duration.seconds(5)
    public var documentation = DocumentationPages(isServed: true)
    /// Takes the place of the hashing that `passwordHash` names.
    public var passwordHasher: (any PasswordHasher)?
    /// Takes the place of OpenID Connect over HTTPS.
    public var identityProvider: (any IdentityProvider)?

    public init() {}
}
