internal import ArgumentParser
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonPostgres
internal import TenonService

/// What an operator's command works with.
struct CommandContext {
    let settings: Settings
    let database: PostgresDatabase
    let tenon: Tenon
    let caller: Caller
}

/// The database of an operator's command.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "Data folder of the private PostgreSQL. Default: TENON_DATA_DIR.") var dataDir: String?

    func settings() throws(SettingError) -> Settings { try Settings.load(dataFolder: dataDir) }
}

/// The database of a command: the configured one, the running private cluster's, or that of a private cluster started
/// for the command. Reports on standard error which one it is, and never creates one.
enum CommandDatabase {
    /// Lends Tenon on the database of the settings, and writes the log out at the end. Fails as the service's start does
    /// where the keys do not open the data.
    static func withTenon<Value: Sendable>(
        _ options: DatabaseOptions, _ body: (CommandContext) async throws(Failure) -> Value
    ) async throws -> Value {
        let settings = try options.settings()
        let process = ProcessDependencies.system()
        let log = ProcessLog(settings, clock: process.clock)
        defer { log.output.flush() }
        let keys = try EncryptionKeys.existing(settings)
        return try await use(settings) { database throws(Failure) in
            let tenon = try await Tenon(
                on: PostgresStorage(database, process), keys: .keys(keys), options: settings.options)
            return try await body(
                CommandContext(
                    settings: settings, database: database, tenon: tenon, caller: .commandLine(tenon)))
        }
    }

    /// Lends it, migrated if it is private. Fails with `schemaOutdated` if it is not migrated.
    static func use<Value: Sendable>(
        _ settings: Settings, _ body: (PostgresDatabase) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await connect(to: settings.databaseURL, or: settings) { configuration, isPrivate throws(Failure) in
            let migrator = Migrator(configuration)
            if isPrivate { _ = try await migrator.up() } else { try await migrator.requireCurrent() }
            let database = try await PostgresDatabase.open(configuration)
            defer { database.close() }
            return try await body(database)
        }
    }

    /// Lends the migrating login.
    static func migrating<Value: Sendable>(
        _ settings: Settings, _ body: (PostgresConfiguration) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await connect(to: settings.migrationDatabaseURL ?? settings.databaseURL, or: settings) {
            configuration, _ throws(Failure) in try await body(configuration)
        }
    }

    private static func connect<Value: Sendable>(
        to url: String?, or settings: Settings,
        _ body: (PostgresConfiguration, _ isPrivate: Bool) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if let url {
            let configuration = try PostgresConfiguration(url)
            Output.complain("using the database \(configuration.place)")
            return try await body(configuration, false)
        }
        Output.complain("using the private database in \(settings.dataFolder)")
        return try await EmbeddedCluster.use(settings.cluster) { connection throws(Failure) in
            try await body(PostgresConfiguration(parameters: connection.parameters), true)
        }
    }
}

extension Caller {
    /// The operator at the command line.
    static func commandLine(_ tenon: Tenon) -> Caller {
        let requestID = (tenon.parts.ports.identifiers.next() as UserID).description
        return Caller(.system(job: "command-line", tenant: .platform), from: Origin(requestID: requestID))
    }
}
