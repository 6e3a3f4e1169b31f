/// One environment variable of the service.
struct SettingDeclaration: Sendable {
    let name: String
    let defaultText: String
    let meaning: String
    /// The allowed range of a whole number; nil for other settings.
    var range: ClosedRange<Int>?
    var isSecret = false

    /// Every variable, except the numbered `ENCRYPTION_KEY_n`.
    static let all: [SettingDeclaration] = [
        .init(name: "HOST", defaultText: "127.0.0.1", meaning: "Address to listen on."),
        .init(
            name: "PORT", defaultText: "8000", meaning: "Port to listen on; 0 chooses a free one.", range: 0...65_535),
        .init(
            name: "DATABASE_URL", defaultText: "", meaning: "PostgreSQL server; the default is a private server.",
            isSecret: true),
        .init(
            name: "TENON_MIGRATION_DATABASE_URL", defaultText: "DATABASE_URL",
            meaning: "Login for migrations, if it differs from the service's.", isSecret: true),
        .init(
            name: "TENON_MIGRATE_ON_START", defaultText: "false",
            meaning: "Whether `serve` migrates the database of DATABASE_URL."),
        .init(
            name: "TENON_DATA_DIR", defaultText: ".tenon",
            meaning: "Data folder of the private server; "
                + "/var/lib/tenon for root."),
        .init(name: "TENON_POSTGRES_BIN", defaultText: "", meaning: "Folder with the programs initdb and postgres."),
        .init(
            name: "ENCRYPTION_KEY", defaultText: "generated in the data folder",
            meaning:
                "Key encryption key, version 1: 32 bytes in base64 or hex; later versions are ENCRYPTION_KEY_2 and so on.",
            isSecret: true),
        .init(
            name: "SECRET_KEY", defaultText: "derived from the newest key",
            meaning: "Wraps the token-signing keys; JWT_SECRET_KEY is an alias.", isSecret: true),
        .init(name: "JWT_SECRET_KEY", defaultText: "", meaning: "Alias of SECRET_KEY.", isSecret: true),
        .init(
            name: "ENVIRONMENT", defaultText: "dev",
            meaning: "dev, qa or prod; prod refuses weak or generated keys and plain HTTP."),
        .init(name: "LOG_LEVEL", defaultText: "INFO", meaning: "TRACE, DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL."),
        .init(name: "LOG_FORMAT", defaultText: "json", meaning: "json, or text, which is easier to read."),
        .init(
            name: "HEALTH_CHECK_TIMEOUT", defaultText: "5", meaning: "Seconds until a component counts as down.",
            range: 1...300),
        .init(
            name: "TENON_ACCESS_TOKEN_SECONDS", defaultText: "1800",
            meaning: "Lifetime of an access token; tokens with a longer one are refused.", range: 30...86_400),
        .init(
            name: "TENON_REFRESH_IDLE_SECONDS", defaultText: "1209600",
            meaning: "A session ends after this long without a refresh.", range: 60...31_536_000),
        .init(
            name: "TENON_REFRESH_TOTAL_SECONDS", defaultText: "7776000", meaning: "A session ends after this long.",
            range: 60...31_536_000),
        .init(
            name: "TENON_PASSWORD_MIN_LENGTH", defaultText: "8", meaning: "Minimum length of a new password.",
            range: 8...64),
        .init(
            name: "TENON_PASSWORD_HASH", defaultText: "auto",
            meaning: "auto (Argon2id if OpenSSL has it, else scrypt), scrypt or bcrypt."),
        .init(
            name: "TENON_PASSWORD_RESET_SECONDS", defaultText: "1800",
            meaning: "Lifetime of a password reset token.", range: 60...86_400),
        .init(
            name: "TENON_SIGN_IN_ATTEMPTS", defaultText: "5",
            meaning:
                "Password attempts on one account from one address before each causes a growing delay of up to 15 minutes; "
                + "four times as many from all addresses (delay up to 1 minute), ten times as many on all accounts, "
                + "twice as many registrations.", range: 1...1_000_000),
        .init(
            name: "TENON_REGISTRATION", defaultText: "open",
            meaning: "open, or closed: only platform administrators can create tenants."),
        .init(name: "TENON_HASHING_THREADS", defaultText: "2", meaning: "Threads that hash passwords.", range: 1...64),
        .init(
            name: "TENON_DEFAULT_PLAN", defaultText: "professional",
            meaning: "Plan of a new tenant: free, starter, professional, enterprise."),
        .init(
            name: "TENON_TENANT_GRACE_DAYS", defaultText: "30",
            meaning: "How long a deleted tenant can be restored.", range: 0...3650),
        .init(
            name: "RATE_LIMIT_PER_MINUTE", defaultText: "by plan",
            meaning: "Requests per minute of every tenant; each user and API key gets half of it, at least 60.",
            range: 1...1_000_000_000),
        .init(
            name: "TENON_RATE_LIMIT_PER_ADDRESS", defaultText: "300",
            meaning: "Requests per minute of one address to operations without credentials.",
            range: 1...1_000_000_000),
        .init(
            name: "TENON_PIPELINE_CONNECTIONS", defaultText: "one per two cores, at least two",
            meaning: "Connections shared by reads.", range: 1...4),
        .init(
            name: "TENON_POOL_MAX", defaultText: "16", meaning: "Maximum connections for transactions.", range: 1...1000
        ),
        .init(
            name: "TENON_TENANT_POOLS", defaultText: "64",
            meaning: "Tenants' own databases with open connections; the least recently used is closed first.",
            range: 1...10_000),
        .init(
            name: "TENON_TENANT_POOL_MAX", defaultText: "4",
            meaning: "Maximum connections for transactions to each of those; reads share one more.", range: 1...100),
        .init(
            name: "TENON_CONFIG_CACHE_BYTES", defaultText: "67108864",
            meaning: "Approximate memory for cached configuration entries; 0 disables the cache.", range: 0...(1 << 40)),
        .init(
            name: "TLS_CERTIFICATE", defaultText: "",
            meaning: "PEM file of the certificate chain; serves only HTTPS (HTTP/2 and HTTP/1.1). Reloaded on change."
        ),
        .init(name: "TLS_KEY", defaultText: "", meaning: "PEM file of the certificate's private key."),
        .init(
            name: "TENON_REQUIRE_HTTPS", defaultText: "true in prod",
            meaning: "Refuses plain HTTP requests, and redirects browsers to HTTPS."),
        .init(
            name: "TENON_REDIRECT_PORT", defaultText: "",
            meaning: "With TLS: a plain HTTP port that only redirects to HTTPS.", range: 0...65_535),
        .init(
            name: "TRUSTED_PROXIES", defaultText: "",
            meaning: "Comma-separated addresses and CIDR blocks whose Forwarded or X-Forwarded-* fields are trusted. "
                + "Such a proxy must overwrite one kind and remove the other; a request with both is refused."),
        .init(
            name: "ALLOWED_HOSTS", defaultText: "*",
            meaning: "Comma-separated allowed hosts; `.example.com` means the domain and its subdomains."),
        .init(
            name: "CORS_ALLOWED_ORIGINS", defaultText: "",
            meaning: "Comma-separated origins whose pages may call the API from a browser; `*` allows all."),
        .init(
            name: "TENON_PUBLIC_URL", defaultText: "from each request",
            meaning: "Public scheme and host of the service; identity providers redirect browsers there."),
        .init(
            name: "TENON_SSO_PRIVATE_ISSUERS", defaultText: "false in prod",
            meaning: "Whether identity providers may be in private networks."),
        .init(
            name: "LOGTO_ENDPOINT", defaultText: "",
            meaning: "Logto's address, for connections to Logto without an issuer."),
        .init(
            name: "DEBUG", defaultText: "true outside prod", meaning: "Whether /docs and /redoc are served."),
        .init(
            name: "TENON_DOCS_ASSETS", defaultText: "",
            meaning: "Folder with the files of Swagger UI and Redoc; without them a plain page is served."),
        .init(
            name: "TENON_MAX_CONNECTIONS", defaultText: "20000", meaning: "Maximum open HTTP connections.",
            range: 1...1_000_000),
        .init(
            name: "TENON_MAX_CONNECTIONS_PER_ADDRESS", defaultText: "1000",
            meaning: "Maximum open HTTP connections of one address; trusted proxies are not counted.",
            range: 1...1_000_000),
        .init(
            name: "TENON_MAX_REQUESTS_PER_CONNECTION", defaultText: "100000",
            meaning: "A connection is closed after this many requests.", range: 1...1_000_000_000),
        .init(
            name: "TENON_MAX_RUNNING_REQUESTS", defaultText: "12 per core",
            meaning: "Maximum concurrent requests; one tenant gets at most three quarters.", range: 1...100_000),
        .init(
            name: "TENON_MAX_WAITING_REQUESTS", defaultText: "1024",
            meaning: "Maximum waiting requests; others get 503.", range: 0...1_000_000),
        .init(
            name: "TENON_MAX_WATCHERS", defaultText: "10000",
            meaning: "Maximum open streams and long polls; one tenant gets at most three quarters.",
            range: 1...1_000_000),
        .init(
            name: "TENON_MAX_BODY_MEMORY", defaultText: "268435456",
            meaning:
                "Bytes of all request bodies, responses and intermediate data; one tenant gets at most a quarter.",
            range: 16 << 20...1 << 40),
        .init(
            name: "TENON_IDLE_TIMEOUT_SECONDS", defaultText: "60",
            meaning: "An idle HTTP connection is closed after this time.",
            range: 1...3600),
        .init(
            name: "TENON_HEAD_TIMEOUT_SECONDS", defaultText: "10",
            meaning: "Time to receive a request head, and for a TLS handshake.", range: 1...3600),
        .init(
            name: "TENON_BODY_TIMEOUT_SECONDS", defaultText: "30",
            meaning: "Time to receive a request body, and for the client to read its response.",
            range: 1...3600),
        .init(
            name: "TENON_DRAIN_SECONDS", defaultText: "0",
            meaning: "How long /health/ready returns 503 before the service stops accepting.", range: 0...300),
        .init(
            name: "TENON_SERVER", defaultText: "server of the last login",
            meaning: "Command line only: the server to call."),
        .init(
            name: "TENON_NAMESPACE", defaultText: "",
            meaning: "Command line only: the namespace, by name or id."),
        .init(
            name: "TENON_TOKEN", defaultText: "",
            meaning: "Command line only: an access token to use instead of a login.", isSecret: true),
    ]

    /// `docs/settings.md`
    static var markdown: String {
        var text = """
            # Settings

            Settings are environment variables. In `dev`, a file `.env` in the working folder provides missing ones. An \
            unknown name that begins with `TENON_` is refused. This file is generated by `tenon settings > docs/settings.md`.

            | variable | default | meaning |
            | --- | --- | --- |

            """
        for setting in all {
            let standard = setting.defaultText.isEmpty ? "–" : "`\(setting.defaultText)`"
            let bounds = setting.range.map { " \($0.lowerBound) to \($0.upperBound)." } ?? ""
            let secrecy = setting.isSecret ? " Secret." : ""
            text += "| `\(setting.name)` | \(standard) | \(setting.meaning)\(bounds)\(secrecy) |\n"
        }
        return text
    }

    static func declared(_ name: String) -> SettingDeclaration? {
        all.first { $0.name == name }
    }
}
