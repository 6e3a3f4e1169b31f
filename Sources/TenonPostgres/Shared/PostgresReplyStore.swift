public import TenonDomain
public import TenonKit

/// Kept answers within a transaction. A claim in flight is an advisory lock of its transaction.
struct PostgresReplyStore: ReplyStore {
    let runner: any StatementRunner
    let tenant: TenantID

    private static let lock = Statement("lock_claim", "SELECT pg_try_advisory_xact_lock($1)")
    private static let columns = Columns<KeptReply>("kept_replies") { c in
        let claim = c.fixed("claim", \.claim.digest)
        let id = c.fixed("id", \.id)
        let fingerprint = c.fixed("fingerprint", \.claim.fingerprint)
        let sealed = c.fixed("sealed_reply", \.sealed)
        let expiresAt = c.fixed("expires_at", \.expiresAt)
        return { row, _ throws(PostgresError) in
            KeptReply(
                id: try row[id], claim: IdempotencyClaim(digest: try row[claim], fingerprint: try row[fingerprint]),
                sealed: try row[sealed], expiresAt: try row[expiresAt])
        }
    }
    private static let select = Statement(
        "select_kept_reply",
        """
        SELECT \(columns.list()) FROM kept_replies
        WHERE tenant_id = $1 AND claim = $2 AND expires_at > $3
        """)
    private static let upsert = Statement(
        "upsert_kept_reply",
        columns.insert(
            or: """
                ON CONFLICT (tenant_id, claim) DO UPDATE SET id = excluded.id, fingerprint = excluded.fingerprint,
                    sealed_reply = excluded.sealed_reply, expires_at = excluded.expires_at
                """))

    func claim(_ digest: [UInt8], at now: Timestamp) async throws(Failure) -> KeptReply? {
        let lock = digest.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let results = try await runner.rows([
            PostgresDataKeyRotation.lockForSealing(tenant),
            Command(Self.lock, [.int(lock)]),
            Command(Self.select, [.id(tenant), .bytes(digest), .timestamp(now)]),
        ])
        guard try results[1].value("pg_try_advisory_xact_lock") == true else {
            throw Failure(.idempotencyKeyInUse, "The first request with this Idempotency-Key still runs.")
        }
        return try results[2].first(Self.columns, of: tenant)
    }

    func keep(_ reply: KeptReply) async throws(Failure) {
        try await runner.execute(Self.upsert, Self.columns.values(of: reply, in: tenant))
    }
}

/// Kept answers of all tenants.
public struct PostgresReplySweeper: ExpiredRows {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let remove = PostgresPurge.statement("remove_kept_replies", "kept_replies", by: "expires_at")

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await database.purgeEverywhere(Command(Self.remove, [.timestamp(now)]))
    }
}
