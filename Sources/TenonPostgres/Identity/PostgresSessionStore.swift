internal import TenonDomain

struct PostgresSessionStore: SessionStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests

    private static let insert = Statement(
        "insert_session",
        """
        INSERT INTO sessions (tenant_id, id, id_digest, user_id, counter, created_at, rotated_at, idle_until,
            ends_at, ended_at, address, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """)
    private static let select = Statement(
        "select_session_for_update",
        """
        SELECT user_id, counter, created_at, rotated_at, idle_until, ends_at, ended_at, address, user_agent
        FROM sessions WHERE tenant_id = $1 AND id = $2 FOR UPDATE
        """)
    private static let update = Statement(
        "update_session",
        """
        UPDATE sessions SET counter = $3, rotated_at = $4, idle_until = $5, ended_at = $6
        WHERE tenant_id = $1 AND id = $2
        """)

    func add(_ session: Session) async throws(Failure) {
        guard session.tenant == tenant else { throw .bug("A session is added in a transaction of another tenant.") }
        _ = try await runner.rows(
            Self.insert,
            [
                .id(tenant), .id(session.id), .bytes(digests.digest(session.id.bytes, for: .session)),
                .id(session.user), .int(session.counter), .timestamp(session.createdAt),
                .timestamp(session.rotatedAt), .timestamp(session.idleUntil), .timestamp(session.endsAt),
                .optional(session.endedAt), .optional(session.address), .optional(session.userAgent),
            ])
    }

    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> Session? {
        try await runner.rows(Self.select, [.id(tenant), .id(id)]).first { row throws(PostgresError) in
            Session(
                id: id, tenant: tenant, user: try row.id(0), counter: try row.int(1),
                createdAt: try row.timestamp(2), rotatedAt: try row.timestamp(3), idleUntil: try row.timestamp(4),
                endsAt: try row.timestamp(5), endedAt: try row.optionalTimestamp(6),
                address: try row.optionalText(7), userAgent: try row.optionalText(8))
        }
    }

    func save(_ session: Session) async throws(Failure) {
        _ = try await runner.rows(
            Self.update,
            [
                .id(tenant), .id(session.id), .int(session.counter), .timestamp(session.rotatedAt),
                .timestamp(session.idleUntil), .optional(session.endedAt),
            ])
    }
}
