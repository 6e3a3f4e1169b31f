public import TenonDomain
public import TenonKit

/// Kept answers within a transaction. A claim in flight is an advisory lock of its transaction.
struct PostgresReplyStore: ReplyStore {
    let runner: any StatementRunner
    let tenant: TenantID

    private static let lock = Statement("lock_claim", "SELECT pg_try_advisory_xact_lock($1)")
    private static let select = Statement(
        "select_kept_reply",
        """
        SELECT id, claim, fingerprint, sealed_reply, expires_at FROM kept_replies
        WHERE tenant_id = $1 AND claim = $2 AND expires_at > $3
        """)
    private static let upsert = Statement(
        "upsert_kept_reply",
        """
        INSERT INTO kept_replies (tenant_id, claim, id, fingerprint, sealed_reply, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant_id, claim) DO UPDATE SET id = excluded.id, fingerprint = excluded.fingerprint,
            sealed_reply = excluded.sealed_reply, expires_at = excluded.expires_at
        """)

    func claim(_ digest: [UInt8], at now: Timestamp) async throws(Failure) -> KeptReply? {
        let lock = digest.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let results = try await runner.rows([
            PostgresDataKeyRotation.lockForSealing(tenant),
            Command(Self.lock, [.int(lock)]),
            Command(Self.select, [.id(tenant), .bytes(digest), .timestamp(now)]),
        ])
        guard try results[1].first({ row throws(PostgresError) in try row.bool(0) }) == true else {
            throw Failure(.idempotencyKeyInUse, "The first request with this Idempotency-Key still runs.")
        }
        return try results[2].first { row throws(PostgresError) in
            KeptReply(
                id: try row.id(0),
                claim: IdempotencyClaim(digest: try row.bytes(1), fingerprint: try row.bytes(2)),
                sealed: SealedBytes(try row.bytes(3)), expiresAt: try row.timestamp(4))
        }
    }

    func keep(_ reply: KeptReply) async throws(Failure) {
        try await runner.execute(
            Self.upsert,
            [
                .id(tenant), .bytes(reply.claim.digest), .id(reply.id), .bytes(reply.claim.fingerprint),
                .bytes(reply.sealed.bytes), .timestamp(reply.expiresAt),
            ])
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
