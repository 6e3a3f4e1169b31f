public import TenonDomain

/// Forgets sessions, wherever their tenants' rows stand.
public struct PostgresSessionSweeper: SessionSweeper {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let remove = PostgresPurge.statement("remove_sessions", "sessions", by: "ends_at")

    public func removeSessions(over moment: Timestamp) async throws(Failure) -> Int {
        try await database.purgeEverywhere(Command(Self.remove, [.timestamp(moment)]))
    }
}
