internal import TenonApplication
internal import TenonClient
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer
internal import TenonOIDC
internal import TenonService

enum PasswordHashChoice: String, CaseIterable {
    case auto, scrypt, bcrypt

    fileprivate var policy: PasswordHashing.Policy {
        switch self {
        case .auto: .automatic
        case .scrypt: .scrypt
        case .bcrypt: .bcrypt
        }
    }
}

enum RegistrationChoice: String, CaseIterable {
    case open, closed
}

extension TenonOptions {
    /// What the variables say of the assembled service.
    init(_ reader: SettingReader, _ environment: DeploymentEnvironment) throws(SettingError) {
        self.init()
        secretKey = (reader.text("SECRET_KEY") ?? reader.text("JWT_SECRET_KEY")).map { Secret($0.utf8) }
        if let secretKey, secretKey.count < 16 {
            throw SettingError("SECRET_KEY", "must have at least 16 bytes")
        }
        lifetimes = TokenLifetimes(
            access: .seconds(try reader.integer("TENON_ACCESS_TOKEN_SECONDS", default: 1800)),
            refreshIdle: .seconds(try reader.integer("TENON_REFRESH_IDLE_SECONDS", default: 14 * 86_400)),
            refreshTotal: .seconds(try reader.integer("TENON_REFRESH_TOTAL_SECONDS", default: 90 * 86_400)),
            passwordReset: .seconds(try reader.integer("TENON_PASSWORD_RESET_SECONDS", default: 1800)))
        passwords = PasswordPolicy(minimumLength: try reader.integer("TENON_PASSWORD_MIN_LENGTH", default: 8))
        let hash: PasswordHashChoice = try reader.choice("TENON_PASSWORD_HASH", default: .auto)
        passwordHash = hash.policy
        hashingThreads = try reader.integer("TENON_HASHING_THREADS", default: 2)
        freeAttempts = try reader.integer("TENON_SIGN_IN_ATTEMPTS", default: 5)
        let registration: RegistrationChoice = try reader.choice("TENON_REGISTRATION", default: .open)
        isRegistrationOpen = registration == .open
        plan = try reader.choice("TENON_DEFAULT_PLAN", default: .professional)
        tenantGrace = .seconds(86_400 * (try reader.integer("TENON_TENANT_GRACE_DAYS", default: 30)))
        rateLimits = RateLimits(
            perTenant: reader.text("RATE_LIMIT_PER_MINUTE") == nil
                ? nil : try reader.integer("RATE_LIMIT_PER_MINUTE", default: 1),
            perAddress: try reader.integer("TENON_RATE_LIMIT_PER_ADDRESS", default: 300))
        cacheBytes = try reader.integer("TENON_CONFIG_CACHE_BYTES", default: 64 << 20)
        publicURL = try Self.publicURL(reader, environment)
        logtoIssuer = try Self.logtoIssuer(reader)
        providerPolicy = ProviderPolicy(
            allowsPlainLoopback: environment != .prod,
            allowsPrivateAddresses: try reader.flag("TENON_SSO_PRIVATE_ISSUERS", default: environment != .prod))
        healthTimeout = .seconds(try reader.integer("HEALTH_CHECK_TIMEOUT", default: 5))
        documentation = DocumentationPages(
            isServed: try reader.flag("DEBUG", default: environment != .prod),
            assets: reader.text("TENON_DOCS_ASSETS"))
    }

    private static func publicURL(
        _ reader: SettingReader, _ environment: DeploymentEnvironment
    ) throws(SettingError) -> String? {
        guard let text = reader.text("TENON_PUBLIC_URL") else { return nil }
        guard let address = try? ServerAddress(text) else {
            throw SettingError("TENON_PUBLIC_URL", "must be https://HOST or https://HOST:PORT, without a path")
        }
        guard environment != .prod || !address.isPlain else {
            throw SettingError("TENON_PUBLIC_URL", "must begin with https:// in prod")
        }
        return "\(address)"
    }

    /// Logto serves OpenID Connect under `/oidc`.
    private static func logtoIssuer(_ reader: SettingReader) throws(SettingError) -> IssuerURL? {
        guard let text = reader.text("LOGTO_ENDPOINT") else { return nil }
        let base = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let issuer = try? IssuerURL(base + "/oidc") else {
            throw SettingError("LOGTO_ENDPOINT", "must be a URL, such as https://logto.example.com")
        }
        return issuer
    }
}
