public import TenonDomain

/// Revisions that other processes on the same database have made.
public struct PostgresRevisionFeed: RevisionFeed {
    private let database: PostgresDatabase
    private let locations: NamespaceLocations

    public init(_ database: PostgresDatabase) {
        self.database = database
        locations = NamespaceLocations(database.router)
    }

    public func news() -> AsyncStream<RevisionNews> {
        database.notifications.stream { event in
            switch event {
            case .listening: .listening
            case .lost: .lost
            case .notification(Notifications.revisions, let payload): Self.parse(payload)
            case .notification: nil
            }
        }
    }

    public func revisions(of namespaces: [NamespaceID]) async throws(Failure) -> [NamespaceID: Int64] {
        let shared = try await database.polls.withLease(refusal: \.failure) { lease throws(Failure) in
            try await Self.revisions(of: namespaces, on: lease)
        }
        let others = Set(namespaces.filter { shared[$0] == nil })
        return others.isEmpty ? shared : shared.merging(try await locations.revisions(of: others)) { $1 }
    }

    /// Of those that stand in the runner's database.
    static func revisions(
        of namespaces: [NamespaceID], on runner: any StatementRunner
    ) async throws(Failure) -> [NamespaceID: Int64] {
        let ids = PostgresValue.uuidArray(namespaces.map { ($0.high, $0.low) })
        let rows = try await runner.rows(NamespaceStatements.selectRevisions, [ids])
        return Dictionary(zip(try rows.all("id"), try rows.all("revision"))) { $1 }
    }

    static func payload(_ namespace: NamespaceID, _ revision: Int64) -> String { "\(namespace) \(revision)" }

    private static func parse(_ payload: String) -> RevisionNews? {
        let parts = payload.split(separator: " ").map(String.init)
        guard parts.count == 2, let namespace = NamespaceID(parts[0]), let revision = Int64(parts[1]) else {
            return nil
        }
        return .reached(namespace, revision)
    }
}
