internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import TenonApplication
internal import TenonDomain
internal import TenonHTTP
internal import TenonKit
internal import TenonPostgres

/// The environment that the service runs in.
enum DeploymentEnvironment: String, CaseIterable {
    case dev, qa, prod
}

enum LogFormat: String, CaseIterable {
    case json, text
}

enum PasswordHashChoice: String, CaseIterable {
    case auto, scrypt, bcrypt
}

enum RegistrationChoice: String, CaseIterable {
    case open, closed
}

/// All settings, validated.
struct Settings {
    /// A URL, or nil for the embedded cluster.
    let databaseURL: String?
    let migrationDatabaseURL: String?
    let migrateOnStart: Bool
    let dataFolder: String
    let postgresBinaries: String?
    /// Texts of the KEKs by version; empty if one is to be generated.
    let encryptionKeys: [Int32: String]
    let secretKey: Secret?
    let environment: DeploymentEnvironment
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let healthTimeout: Duration
    let lifetimes: TokenLifetimes
    let passwords: PasswordPolicy
    let passwordHash: PasswordHashChoice
    let hashingThreads: Int
    let freeAttempts: Int
    let registration: RegistrationChoice
    let plan: TenantPlan
    let tenantGrace: Duration
    let rateLimits: RateLimits
    let pipelineConnections: Int
    let poolMaximum: Int
    let tenantPools: Int
    let tenantPoolMaximum: Int
    let cacheBytes: Int
    let server: HTTPServerSettings
    let sso: SingleSignOnSettings
    let servesDocumentation: Bool
    let documentationAssets: String?
    let drainDelay: Duration
    /// Variables that are set but unused, each logged once.
    let ignored: [String]

    /// Reads the environment of the process and, in `dev`, a `.env` file in the working folder for missing variables.
    /// `dataFolder` overrides `TENON_DATA_DIR`.
    static func load(dataFolder: String? = nil) throws(SettingError) -> Settings {
        var environment = ProcessInfo.processInfo.environment
        if let dataFolder { environment["TENON_DATA_DIR"] = dataFolder }
        let isDevelopment = (environment["ENVIRONMENT"] ?? "dev").lowercased() == "dev"
        return try Settings(environment, file: isDevelopment ? file(".env") : [:])
    }

    /// The variables of a file of `NAME=value` lines; none if the file does not exist.
    private static func file(_ path: String) throws(SettingError) -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        let items: [ConfigDocumentItem]
        do throws(Failure) {
            items = try DotEnv.read(Array(data))
        } catch {
            throw SettingError(path, error.violations[0].detail)
        }
        return items.reduce(into: [:]) { values, item in
            if case .text(let text) = item.content { values[item.key] = text }
        }
    }

    init(_ environment: [String: String], file: [String: String] = [:]) throws(SettingError) {
        let reader = try SettingReader(environment, file: file)
        databaseURL = try Self.url("DATABASE_URL", reader)
        migrationDatabaseURL = try Self.url("TENON_MIGRATION_DATABASE_URL", reader)
        migrateOnStart = try reader.flag("TENON_MIGRATE_ON_START", default: false)
        dataFolder = reader.text("TENON_DATA_DIR") ?? Self.standardDataFolder
        postgresBinaries = reader.text("TENON_POSTGRES_BIN")
        self.environment = try reader.choice("ENVIRONMENT", default: .dev)
        encryptionKeys = Self.encryptionKeys(reader, among: Array(environment.keys) + Array(file.keys))
        secretKey = (reader.text("SECRET_KEY") ?? reader.text("JWT_SECRET_KEY")).map { Secret($0.utf8) }
        if let secretKey, secretKey.count < 16 {
            throw SettingError("SECRET_KEY", "must have at least 16 bytes")
        }
        logLevel = try reader.choice("LOG_LEVEL", default: .info)
        logFormat = try reader.choice("LOG_FORMAT", default: .json)
        healthTimeout = .seconds(try reader.integer("HEALTH_CHECK_TIMEOUT", default: 5))
        lifetimes = TokenLifetimes(
            access: .seconds(try reader.integer("TENON_ACCESS_TOKEN_SECONDS", default: 1800)),
            refreshIdle: .seconds(
                try reader.integer("TENON_REFRESH_IDLE_SECONDS", default: 14 * 86_400)),
            refreshTotal: .seconds(
                try reader.integer("TENON_REFRESH_TOTAL_SECONDS", default: 90 * 86_400)),
            passwordReset: .seconds(
                try reader.integer("TENON_PASSWORD_RESET_SECONDS", default: 1800)))
        passwords = PasswordPolicy(
            minimumLength: try reader.integer("TENON_PASSWORD_MIN_LENGTH", default: 8))
        passwordHash = try reader.choice("TENON_PASSWORD_HASH", default: .auto)
        hashingThreads = try reader.integer("TENON_HASHING_THREADS", default: 2)
        freeAttempts = try reader.integer("TENON_SIGN_IN_ATTEMPTS", default: 5)
        registration = try reader.choice("TENON_REGISTRATION", default: .open)
        plan = try reader.choice("TENON_DEFAULT_PLAN", default: .professional)
        tenantGrace = .seconds(86_400 * (try reader.integer("TENON_TENANT_GRACE_DAYS", default: 30)))
        rateLimits = RateLimits(
            perTenant: reader.text("RATE_LIMIT_PER_MINUTE") == nil
                ? nil : try reader.integer("RATE_LIMIT_PER_MINUTE", default: 1),
            perAddress: try reader.integer("TENON_RATE_LIMIT_PER_ADDRESS", default: 300))
        pipelineConnections = try reader.integer(
            "TENON_PIPELINE_CONNECTIONS", default: Self.standardPipelineConnections)
        poolMaximum = try reader.integer("TENON_POOL_MAX", default: 16)
        tenantPools = try reader.integer("TENON_TENANT_POOLS", default: 64)
        tenantPoolMaximum = try reader.integer("TENON_TENANT_POOL_MAX", default: 4)
        cacheBytes = try reader.integer("TENON_CONFIG_CACHE_BYTES", default: 64 << 20)
        server = try ServerSettings.read(reader, isProduction: self.environment == .prod)
        sso = try SingleSignOnSettings(reader, self.environment)
        servesDocumentation = try reader.flag("DEBUG", default: self.environment != .prod)
        documentationAssets = reader.text("TENON_DOCS_ASSETS")
        drainDelay = .seconds(try reader.integer("TENON_DRAIN_SECONDS", default: 0))
        ignored = ["REDIS_URL"].filter { reader.text($0) != nil }
    }

    /// One per two cores: more of them would only add PostgreSQL processes that compete. At least two, so that reads
    /// have an alternative to one that waits for a lock.
    private static var standardPipelineConnections: Int {
        min(4, max(2, ProcessInfo.processInfo.activeProcessorCount / 2))
    }

    private static var standardDataFolder: String {
        geteuid() == 0 ? "/var/lib/tenon" : ".tenon"
    }

    private static func url(_ name: String, _ reader: SettingReader) throws(SettingError) -> String? {
        guard let text = reader.text(name) else { return nil }
        do throws(Failure) {
            _ = try PostgresConfiguration(text)
            return text
        } catch {
            throw SettingError(name, "must be a postgresql:// URL that libpq can parse")
        }
    }

    /// `ENCRYPTION_KEY` is version 1, `ENCRYPTION_KEY_2` version 2 and so on.
    private static func encryptionKeys(_ reader: SettingReader, among names: [String]) -> [Int32: String] {
        var keys: [Int32: String] = [:]
        keys[1] = reader.text("ENCRYPTION_KEY")
        for name in names where name.hasPrefix("ENCRYPTION_KEY_") {
            if let version = Int32(name.dropFirst("ENCRYPTION_KEY_".count)), version > 0, let text = reader.text(name) {
                keys[version] = text
            }
        }
        return keys
    }
}
