/// One environment variable that the service understands.
struct SettingDeclaration: Sendable {
    let name: String
    let defaultText: String
    let meaning: String
    var isSecret = false

    /// Every variable; numbered `ENCRYPTION_KEY_n` stand for themselves. `docs/settings.md` lists the same.
    static let all: [SettingDeclaration] = [
        .init(name: "HOST", defaultText: "127.0.0.1", meaning: "Address to listen on."),
        .init(name: "PORT", defaultText: "8000", meaning: "Port to listen on; 0 takes a free one."),
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
            name: "ENVIRONMENT", defaultText: "dev", meaning: "dev, qa or prod; prod refuses generated and weak keys."),
        .init(name: "LOG_LEVEL", defaultText: "INFO", meaning: "TRACE, DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL."),
        .init(name: "LOG_FORMAT", defaultText: "json", meaning: "json, or text for people."),
        .init(name: "HEALTH_CHECK_TIMEOUT", defaultText: "5", meaning: "Seconds until a component counts as down."),
        .init(name: "TENON_ACCESS_TOKEN_SECONDS", defaultText: "1800", meaning: "Life of an access token."),
        .init(
            name: "TENON_REFRESH_IDLE_SECONDS", defaultText: "1209600",
            meaning: "A session ends after this long without a refresh."),
        .init(name: "TENON_REFRESH_TOTAL_SECONDS", defaultText: "7776000", meaning: "A session ends after this long."),
        .init(name: "TENON_PASSWORD_MIN_LENGTH", defaultText: "8", meaning: "Shortest new password, 8 at least."),
        .init(
            name: "TENON_PASSWORD_HASH", defaultText: "auto",
            meaning: "auto (Argon2id where OpenSSL has it, else scrypt), scrypt or bcrypt."),
        .init(name: "TENON_HASHING_THREADS", defaultText: "2", meaning: "Threads that hash passwords."),
        .init(
            name: "TENON_DEFAULT_PLAN", defaultText: "professional",
            meaning: "Plan of a new tenant: free, starter, professional, enterprise."),
        .init(
            name: "TENON_PIPELINE_CONNECTIONS", defaultText: "one per two cores",
            meaning: "Connections shared by reads, 1 to 4."),
        .init(name: "TENON_POOL_MAX", defaultText: "16", meaning: "Most connections for transactions."),
        .init(name: "TENON_IDLE_TIMEOUT_SECONDS", defaultText: "60", meaning: "A silent HTTP connection is closed."),
        .init(
            name: "TENON_DRAIN_SECONDS", defaultText: "0",
            meaning: "How long /health/ready answers 503 before the service stops accepting."),
    ]

    static func declared(_ name: String) -> Bool {
        all.contains { $0.name == name }
    }
}
