internal import TenonDomain
internal import TenonPostgres

/// The database that a command works on: the one that the settings name, the running private cluster's, or that of a
/// private cluster started for as long as the command runs.
enum CommandDatabase {
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
