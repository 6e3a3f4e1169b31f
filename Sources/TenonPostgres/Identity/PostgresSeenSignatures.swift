public import TenonDomain
public import TenonKit

/// Accepted signatures, one row each. To remember one is one statement, so that no process can come in between.
public struct PostgresSeenSignatures: SeenSignatures {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let insert = Statement(
        "insert_seen_signature",
        """
        INSERT INTO seen_signatures (tenant_id, digest, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, digest) DO NOTHING RETURNING 1
        """)
    private static let remove = PostgresPurge.statement(
        "remove_seen_signatures", "seen_signatures", by: "expires_at")

    public func remember(
        _ digest: [UInt8], of tenant: TenantID, until moment: Timestamp
    ) async throws(Failure) -> Bool {
        try await !database.writes(in: tenant)
            .rows(Self.insert, [.id(tenant), .bytes(digest), .timestamp(moment)]).isEmpty
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.purge(Command(Self.remove, [.timestamp(now)]))
        }
    }
}
