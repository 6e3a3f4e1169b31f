internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer
internal import TenonKit
internal import TenonPostgres
internal import TenonService

/// The environment that the service runs in.
enum DeploymentEnvironment: String, CaseIterable {
    case dev, qa, prod
}

enum LogFormat: String, CaseIterable {
    case json, text
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
    /// What the assembled service is to do.
    let options: TenonOptions
    let environment: DeploymentEnvironment
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let pipelineConnections: Int
    let poolMaximum: Int
    let tenantPools: Int
    let tenantPoolMaximum: Int
    let server: HTTPServerSettings
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
        logLevel = try reader.choice("LOG_LEVEL", default: .info)
        logFormat = try reader.choice("LOG_FORMAT", default: .json)
        pipelineConnections = try reader.integer(
            "TENON_PIPELINE_CONNECTIONS", default: Self.standardPipelineConnections)
        poolMaximum = try reader.integer("TENON_POOL_MAX", default: 16)
        tenantPools = try reader.integer("TENON_TENANT_POOLS", default: 64)
        tenantPoolMaximum = try reader.integer("TENON_TENANT_POOL_MAX", default: 4)
        options = try TenonOptions(reader, self.environment)
        server = try ServerSettings.read(reader, isProduction: self.environment == .prod)
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
