public import TenonDomain
public import TenonKit

/// What processes on the same database did to credentials.
public struct PostgresAccessFeed: AccessFeed {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let columns = Columns<AccessChange>("access_changes") { c in
        let id = c.fixed("id", \.id)
        let subject = c.fixed("subject", \.subject)
        let epoch = c.fixed("epoch", \.epoch)
        return { row, _ throws(PostgresError) in
            AccessChange(id: try row[id], try row[subject], epoch: try row[epoch])
        }
    }
    private static let insert = Statement("insert_access_change", columns.insert())
    private static let select = Statement(
        "select_access_changes",
        """
        SELECT \(columns.list()) FROM access_changes
        WHERE recorded_at > statement_timestamp() - $1::bigint * interval '1 millisecond'
        """)
    private static let delete = PostgresPurge.statement("delete_access_changes", "access_changes", by: "recorded_at")

    static func command(_ change: AccessChange, in tenant: TenantID) -> Command {
        Command(insert, columns.values(of: change, in: tenant))
    }

    public func changes(within time: Duration) async throws(Failure) -> [AccessChange] {
        try await database.polls.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.rows(Self.select, [.int(time.milliseconds)]).decoded(Self.columns, of: .platform)
        }
    }

    public func news() -> AsyncStream<AccessChange> {
        database.notifications.stream { event in
            if case .notification(Notifications.access, let payload) = event { Self.parse(payload) } else { nil }
        }
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.purge(Command(Self.delete, [.timestamp(now - AccessChange.retention)]))
        }
    }

    static func payload(_ change: AccessChange) -> String { "\(change.id) \(change.subject.text) \(change.epoch)" }

    private static func parse(_ payload: String) -> AccessChange? {
        let parts = payload.split(separator: " ").map(String.init)
        guard parts.count == 3, let id = Identifier<AccessChange>(parts[0]), let subject = AccessSubject(parts[1]),
            let epoch = Int64(parts[2])
        else { return nil }
        return AccessChange(id: id, subject, epoch: epoch)
    }
}
