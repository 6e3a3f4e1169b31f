internal import TenonCrypto
internal import TenonDomain
internal import TenonPostgres

/// What a command has besides its database: the settings, the core of the process, and the keys that open sealed values.
struct CommandContext {
    let settings: Settings
    let core: Core
    let keks: KeyEncryptionKeys
}

/// The database that a command works on: the one that the settings name, the running private cluster's, or that of a
/// private cluster started for as long as the command runs.
enum CommandDatabase {
    /// Lends the database of the settings together with the keys, and writes the log out at the end.
    static func withKeys<Value: Sendable>(
        _ body: (PostgresDatabase, CommandContext) async throws(Failure) -> Value
    ) async throws -> Value {
        let settings = try Settings.load()
        let core = Core(settings)
        defer { core.output.flush() }
        let keks = try EncryptionKeys.load(settings, inMemory: false, randomness: core.randomness) { _ in }
        let context = CommandContext(settings: settings, core: core, keks: keks)
        return try await use(settings) { database throws(Failure) in try await body(database, context) }
    }

    /// Lends it, migrated where it is private. Fails with `schemaOutdated` where it is not migrated.
    static func use<Value: Sendable>(
        _ settings: Settings, _ body: (PostgresDatabase) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if let url = settings.databaseURL {
            let configuration = try PostgresConfiguration(url)
            try await Migrator(configuration).requireCurrent()
            return try await use(configuration, body)
        }
        return try await EmbeddedCluster.use(settings.cluster) { connection throws(Failure) in
            let configuration = PostgresConfiguration(parameters: connection.parameters)
            _ = try await Migrator(configuration).up()
            return try await use(configuration, body)
        }
    }

    private static func use<Value: Sendable>(
        _ configuration: PostgresConfiguration, _ body: (PostgresDatabase) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let database = try await PostgresDatabase.open(configuration)
        defer { database.close() }
        return try await body(database)
    }
}

extension Caller {
    /// The operator at the command line.
    static func commandLine(_ core: Core) -> Caller {
        let requestID = (core.identifiers.next() as UserID).description
        return Caller(.system(job: "command-line", tenant: .platform), from: Origin(requestID: requestID))
    }
}
