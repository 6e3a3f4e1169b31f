public import TenonDomain
public import TenonKit

struct PostgresSessionStore: SessionStore {
    let runner: any StatementRunner
    let tenant: TenantID

    private static let insert = Statement(
        "insert_session",
        """
        INSERT INTO sessions (tenant_id, id, user_id, counter, created_at, rotated_at, idle_until, ends_at, ended_at,
            address, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """)
    /// Walks the index of a user's sessions that nobody ended, and no further than there are to be.
    private static let trim = Statement(
        "trim_sessions",
        """
        UPDATE sessions SET ended_at = $3 WHERE tenant_id = $1 AND id IN (
            SELECT id FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL
            ORDER BY id DESC OFFSET \(Session.maxCount) LIMIT 100)
        RETURNING id
        """)
    private static let columns = """
        sessions.id, user_id, counter, sessions.created_at, rotated_at, idle_until, ends_at, ended_at, address, user_agent
        """
    private static let selectOne = Statement(
        "select_session", "SELECT \(columns) FROM sessions WHERE tenant_id = $1 AND id = $2")
    private static let select = Statement(
        "select_session_for_update",
        """
        SELECT \(columns), \(PostgresUserStore.columns)
        FROM sessions JOIN users ON users.tenant_id = sessions.tenant_id AND users.id = sessions.user_id
        WHERE sessions.tenant_id = $1 AND sessions.id = $2 FOR UPDATE OF sessions
        """)
    private static let live = """
        tenant_id = $1 AND user_id = $2 AND ended_at IS NULL AND idle_until > $3 AND ends_at > $3
        """
    static let selectPage = Statement(
        "select_sessions_of_user",
        "SELECT \(columns) FROM sessions WHERE \(live) AND id < $4 ORDER BY id DESC LIMIT $5 OFFSET $6")
    private static let count = Statement("count_sessions_of_user", "SELECT count(*) FROM sessions WHERE \(live)")
    private static let endOfUser = Statement(
        "end_sessions_of_user",
        """
        UPDATE sessions SET ended_at = $3 WHERE \(live) AND id IS DISTINCT FROM $4 RETURNING id
        """)
    private static let update = Statement(
        "update_session",
        """
        UPDATE sessions SET counter = $3, rotated_at = $4, idle_until = $5, ended_at = $6
        WHERE tenant_id = $1 AND id = $2
        """)

    func add(_ session: Session) async throws(Failure) -> [SessionID] {
        guard session.tenant == tenant else { throw .bug("A session is added in a transaction of another tenant.") }
        let results = try await runner.rows([
            Command(
                Self.insert,
                [
                    .id(tenant), .id(session.id), .id(session.user), .int(session.counter),
                    .timestamp(session.createdAt), .timestamp(session.rotatedAt), .timestamp(session.idleUntil),
                    .timestamp(session.endsAt), .optional(session.endedAt), .optional(session.address),
                    .optional(session.userAgent),
                ]),
            Command(Self.trim, [.id(tenant), .id(session.user), .timestamp(session.createdAt)]),
        ])
        return try results[1].decoded { row throws(PostgresError) in try row.id(0) }
    }

    func session(_ id: SessionID) async throws(Failure) -> Session? {
        try await runner.rows(Self.selectOne, [.id(tenant), .id(id)]).first(session)
    }

    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> (session: Session, user: User)? {
        try await runner.rows(Self.select, [.id(tenant), .id(id)]).first { row throws(PostgresError) in
            (session: try session(row), user: try PostgresUserStore.user(row, of: tenant, from: 10))
        }
    }

    func sessions(of user: UserID, at now: Timestamp, _ page: PageRequest) async throws(Failure) -> Page<Session> {
        let wanted: [PostgresValue] = [.id(tenant), .id(user), .timestamp(now)]
        let start = SessionID(page.lowerBound) ?? SessionID(high: .max, low: .max)
        let (rows, total) = try await runner.page(
            page,
            Command(
                Self.selectPage, wanted + [.id(start), .int(Int64(page.limit + 1)), .int(Int64(page.offset))]),
            counted: Command(Self.count, wanted))
        return Page(overfull: try rows.decoded(session), for: page, total: total, sortKey: \.id.description)
    }

    func endAll(of user: UserID, but kept: SessionID?, at now: Timestamp) async throws(Failure) -> [SessionID] {
        try await runner.rows(
            Self.endOfUser, [.id(tenant), .id(user), .timestamp(now), kept.map { .id($0) } ?? .null]
        ).decoded { row throws(PostgresError) in try row.id(0) }
    }

    private func session(_ row: PostgresRow) throws(PostgresError) -> Session {
        Session(
            id: try row.id(0), tenant: tenant, user: try row.id(1), counter: try row.int(2),
            createdAt: try row.timestamp(3), rotatedAt: try row.timestamp(4), idleUntil: try row.timestamp(5),
            endsAt: try row.timestamp(6), endedAt: try row.optionalTimestamp(7), address: try row.optionalText(8),
            userAgent: try row.optionalText(9))
    }

    func save(_ session: Session) async throws(Failure) {
        try await runner.execute(
            Self.update,
            [
                .id(tenant), .id(session.id), .int(session.counter), .timestamp(session.rotatedAt),
                .timestamp(session.idleUntil), .optional(session.endedAt),
            ])
    }
}

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
