public import TenonDomain

/// Sessions, wherever their tenants' rows stand.
public struct PostgresSessionSweeper: ExpiredRows {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let removePast = PostgresPurge.statement("remove_past_sessions", "sessions", by: "ends_at")
    private static let removeEnded = PostgresPurge.statement("remove_ended_sessions", "sessions", by: "ended_at")

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        let moment = now - Session.retention
        let ended = try await database.purgeEverywhere(Command(Self.removeEnded, [.timestamp(moment)]))
        return try await ended + database.purgeEverywhere(Command(Self.removePast, [.timestamp(moment)]))
    }
}
