/// One environment variable that the service understands.
struct SettingDeclaration: Sendable {
    let name: String
    let defaultText: String
    let meaning: String
    /// What a whole number may be; nil of anything else.
    var range: ClosedRange<Int>?
    var isSecret = false

    /// Every variable; numbered `ENCRYPTION_KEY_n` stand for themselves.
    static let all: [SettingDeclaration] = [
        .init(name: "HOST", defaultText: "127.0.0.1", meaning: "Address to listen on."),
        .init(name: "PORT", defaultText: "8000", meaning: "Port to listen on; 0 takes a free one.", range: 0...65_535),
        .init(
            name: "DATABASE_URL", defaultText: "", meaning: "PostgreSQL server; without it a private one is started.",
            isSecret: true),
        .init(
            name: "TENON_MIGRATION_DATABASE_URL", defaultText: "DATABASE_URL",
            meaning: "Login that migrates, where it is not the service's.", isSecret: true),
        .init(
            name: "TENON_MIGRATE_ON_START", defaultText: "false",
            meaning: "Whether `serve` migrates the server of DATABASE_URL."),
        .init(
            name: "TENON_DATA_DIR", defaultText: ".tenon",
            meaning: "Data folder of the private server; "
                + "/var/lib/tenon for root."),
        .init(name: "TENON_POSTGRES_BIN", defaultText: "", meaning: "Folder of initdb and postgres."),
        .init(
            name: "ENCRYPTION_KEY", defaultText: "made in the data folder",
            meaning: "Key encryption key, version 1: 32 bytes in base64 or hex; ENCRYPTION_KEY_2 and so on later ones.",
            isSecret: true),
        .init(
            name: "SECRET_KEY", defaultText: "derived from the newest key",
            meaning: "Wraps the token-signing keys; JWT_SECRET_KEY is the same.", isSecret: true),
        .init(name: "JWT_SECRET_KEY", defaultText: "", meaning: "Another name of SECRET_KEY.", isSecret: true),
        .init(
            name: "ENVIRONMENT", defaultText: "dev", meaning: "dev, qa or prod; prod refuses weak keys and plain HTTP."),
        .init(name: "LOG_LEVEL", defaultText: "INFO", meaning: "TRACE, DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL."),
        .init(name: "LOG_FORMAT", defaultText: "json", meaning: "json, or text for people."),
        .init(
            name: "HEALTH_CHECK_TIMEOUT", defaultText: "5", meaning: "Seconds until a component counts as down.",
            range: 1...300),
        .init(
            name: "TENON_ACCESS_TOKEN_SECONDS", defaultText: "1800",
            meaning: "Life of an access token; one that says more is refused.", range: 30...86_400),
        .init(
            name: "TENON_REFRESH_IDLE_SECONDS", defaultText: "1209600",
            meaning: "A session ends after this long without a refresh.", range: 60...31_536_000),
        .init(
            name: "TENON_REFRESH_TOTAL_SECONDS", defaultText: "7776000", meaning: "A session ends after this long.",
            range: 60...31_536_000),
        .init(name: "TENON_PASSWORD_MIN_LENGTH", defaultText: "8", meaning: "Shortest new password.", range: 8...64),
        .init(
            name: "TENON_PASSWORD_HASH", defaultText: "auto",
            meaning: "auto (Argon2id where OpenSSL has it, else scrypt), scrypt or bcrypt."),
        .init(
            name: "TENON_PASSWORD_RESET_SECONDS", defaultText: "1800",
            meaning: "How long the token to choose a password is good.", range: 60...86_400),
        .init(
            name: "TENON_SIGN_IN_ATTEMPTS", defaultText: "5",
            meaning: "Attempts on one account from one address before each costs a growing wait of up to 15 minutes; "
                + "four times as many from all addresses, up to a minute; ten times as many on all accounts; "
                + "twice as many registrations.", range: 1...1_000_000),
        .init(
            name: "TENON_REGISTRATION", defaultText: "open",
            meaning: "open, or closed: then administrators of the platform alone make tenants."),
        .init(name: "TENON_HASHING_THREADS", defaultText: "2", meaning: "Threads that hash passwords.", range: 1...64),
        .init(
            name: "TENON_DEFAULT_PLAN", defaultText: "professional",
            meaning: "Plan of a new tenant: free, starter, professional, enterprise."),
        .init(
            name: "TENON_TENANT_GRACE_DAYS", defaultText: "30",
            meaning: "How long a deleted tenant can be brought back.", range: 0...3650),
        .init(
            name: "RATE_LIMIT_PER_MINUTE", defaultText: "what the plan says",
            meaning: "Requests a minute of every tenant; each user and API key has half of it, 60 at least.",
            range: 1...1_000_000_000),
        .init(
            name: "TENON_RATE_LIMIT_PER_ADDRESS", defaultText: "300",
            meaning: "Requests a minute of one address to operations that ask for no credentials.",
            range: 1...1_000_000_000),
        .init(
            name: "TENON_PIPELINE_CONNECTIONS", defaultText: "one per two cores, two at least",
            meaning: "Connections shared by reads.", range: 1...4),
        .init(
            name: "TENON_POOL_MAX", defaultText: "16", meaning: "Most connections for transactions.", range: 1...1000),
        .init(
            name: "TENON_TENANT_POOLS", defaultText: "64",
            meaning: "Databases of single tenants that connections are kept to; those used least lately are let go.",
            range: 1...10_000),
        .init(
            name: "TENON_TENANT_POOL_MAX", defaultText: "4",
            meaning: "Most connections for transactions to each of those; reads share one more.", range: 1...100),
        .init(
            name: "TENON_CONFIG_CACHE_BYTES", defaultText: "67108864",
            meaning: "Memory for configuration entries that are read often, about; 0 keeps none.", range: 0...(1 << 40)),
        .init(
            name: "TLS_CERTIFICATE", defaultText: "",
            meaning: "PEM file of the certificate chain: serves HTTPS alone, HTTP/2 and HTTP/1.1. Read again on change."
        ),
        .init(name: "TLS_KEY", defaultText: "", meaning: "PEM file of the certificate's private key."),
        .init(
            name: "TENON_REQUIRE_HTTPS", defaultText: "true in prod",
            meaning: "Refuses requests that came in plain, and sends browsers to https."),
        .init(
            name: "TENON_REDIRECT_PORT", defaultText: "",
            meaning: "With TLS: a plain port that only sends to https.", range: 0...65_535),
        .init(
            name: "TRUSTED_PROXIES", defaultText: "",
            meaning: "Addresses and CIDR blocks whose Forwarded or X-Forwarded-* fields are believed, by commas. "
                + "Such a proxy overwrites one kind and removes the other; both in one request are refused."),
        .init(
            name: "ALLOWED_HOSTS", defaultText: "*",
            meaning: "Hosts that are answered, by commas; `.example.com` is a domain with everything under it."),
        .init(
            name: "CORS_ALLOWED_ORIGINS", defaultText: "",
            meaning: "Origins whose pages may call the API from a browser, by commas; `*` is all."),
        .init(
            name: "TENON_PUBLIC_URL", defaultText: "that of each request",
            meaning: "Scheme and host under which browsers reach the service; identity providers send them back there."),
        .init(
            name: "TENON_SSO_PRIVATE_ISSUERS", defaultText: "false in prod",
            meaning: "Whether identity providers may stand in private networks."),
        .init(
            name: "LOGTO_ENDPOINT", defaultText: "",
            meaning: "Logto's address; connections to Logto that name no issuer get the one under it."),
        .init(
            name: "DEBUG", defaultText: "true outside prod", meaning: "Whether /docs and /redoc are served."),
        .init(
            name: "TENON_DOCS_ASSETS", defaultText: "",
            meaning: "Folder of Swagger UI's and Redoc's files; without them a plain page stands in."),
        .init(
            name: "TENON_MAX_CONNECTIONS", defaultText: "20000", meaning: "Open HTTP connections in all.",
            range: 1...1_000_000),
        .init(
            name: "TENON_MAX_CONNECTIONS_PER_ADDRESS", defaultText: "1000",
            meaning: "Open HTTP connections of one address; trusted proxies are not counted.", range: 1...1_000_000),
        .init(
            name: "TENON_MAX_REQUESTS_PER_CONNECTION", defaultText: "100000",
            meaning: "A connection ends after this many requests.", range: 1...1_000_000_000),
        .init(
            name: "TENON_MAX_RUNNING_REQUESTS", defaultText: "12 per core",
            meaning: "Requests that run at one time; one tenant has three quarters of it at most.", range: 1...100_000),
        .init(
            name: "TENON_MAX_WAITING_REQUESTS", defaultText: "1024",
            meaning: "Requests that wait for their turn; more are answered 503.", range: 0...1_000_000),
        .init(
            name: "TENON_MAX_WATCHERS", defaultText: "10000",
            meaning: "Open streams and requests that wait for a change; one tenant has three quarters of it at most.",
            range: 1...1_000_000),
        .init(
            name: "TENON_MAX_BODY_MEMORY", defaultText: "268435456",
            meaning:
                "Bytes that bodies of requests and responses, and what is made on the way, hold at one time; one tenant has a quarter of it at most.",
            range: 16 << 20...1 << 40),
        .init(
            name: "TENON_IDLE_TIMEOUT_SECONDS", defaultText: "60", meaning: "A silent HTTP connection is closed.",
            range: 1...3600),
        .init(
            name: "TENON_HEAD_TIMEOUT_SECONDS", defaultText: "10",
            meaning: "From a request head's first byte to its last, and for a TLS handshake.", range: 1...3600),
        .init(
            name: "TENON_BODY_TIMEOUT_SECONDS", defaultText: "30",
            meaning: "From a request head's end to its body's end, and for a client to take its answer.",
            range: 1...3600),
        .init(
            name: "TENON_DRAIN_SECONDS", defaultText: "0",
            meaning: "How long /health/ready answers 503 before the service stops accepting.", range: 0...300),
        .init(
            name: "TENON_SERVER", defaultText: "that of the last login",
            meaning: "Of the command line alone: the server that commands call."),
        .init(
            name: "TENON_NAMESPACE", defaultText: "",
            meaning: "Of the command line alone: the namespace, by name or id."),
        .init(
            name: "TENON_TOKEN", defaultText: "",
            meaning: "Of the command line alone: an access token in place of a login's.", isSecret: true),
    ]

    /// `docs/settings.md`
    static var markdown: String {
        var text = """
            # Settings

            Environment variables; in `dev` a file `.env` in the working folder fills in what is not set. An unknown name that \
            begins with `TENON_` is refused. This file is made by `tenon settings > docs/settings.md`.

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
