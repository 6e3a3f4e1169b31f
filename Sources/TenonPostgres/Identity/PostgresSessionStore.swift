public import TenonDomain
public import TenonKit

extension Session {
    fileprivate static let live = "user_id = $2 AND ended_at IS NULL AND idle_until > $3 AND ends_at > $3"

    static let table = TableStatements(
        Columns<Session>("sessions") { c in
            let id = c.key("id", \.id)
            let user = c.fixed("user_id", \.user)
            let counter = c.column("counter", \.counter)
            let createdAt = c.fixed("created_at", \.createdAt)
            let rotatedAt = c.column("rotated_at", \.rotatedAt)
            let idleUntil = c.column("idle_until", \.idleUntil)
            let endsAt = c.fixed("ends_at", \.endsAt)
            let endedAt = c.column("ended_at", \.endedAt)
            let address = c.fixed("address", \.address)
            let userAgent = c.fixed("user_agent", \.userAgent)
            c.listed(by: id, descending: true, where: live, binds: 2)
            return { row, tenant throws(PostgresError) in
                Session(
                    id: try row[id], tenant: tenant, user: try row[user], counter: try row[counter],
                    createdAt: try row[createdAt], rotatedAt: try row[rotatedAt], idleUntil: try row[idleUntil],
                    endsAt: try row[endsAt], endedAt: try row[endedAt], address: try row[address],
                    userAgent: try row[userAgent])
            }
        })
}

struct PostgresSessionStore: SessionStore {
    let scope: PostgresScope

    private var table: PostgresTable<Session> { PostgresTable(Session.table, scope) }
    private var runner: any StatementRunner { scope.runner }
    private var tenant: TenantID { scope.tenant }

    /// Walks the index of a user's sessions that nobody ended, and no further than there are to be.
    private static let trim = Statement(
        "trim_sessions",
        """
        UPDATE sessions SET ended_at = $3 WHERE tenant_id = $1 AND id IN (
            SELECT id FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL
            ORDER BY id DESC OFFSET \(Session.maxCount) LIMIT 100)
        RETURNING id
        """)
    private static let selectWithUser = Statement(
        "select_session_for_update",
        """
        SELECT \(Session.table.columns.list(of: "sessions")), \(User.table.columns.list(of: "users"))
        FROM sessions JOIN users ON users.tenant_id = sessions.tenant_id AND users.id = sessions.user_id
        WHERE sessions.tenant_id = $1 AND sessions.id = $2 FOR UPDATE OF sessions
        """)
    private static let endOfUser = Statement(
        "end_sessions_of_user",
        """
        UPDATE sessions SET ended_at = $3 WHERE tenant_id = $1 AND \(Session.live) AND id IS DISTINCT FROM $4 RETURNING id
        """)

    func add(_ session: Session) async throws(Failure) -> [SessionID] {
        let trim = Command(Self.trim, [.id(tenant), .id(session.user), session.createdAt.bind])
        let results = try await runner.rows(try await table.insert(session) + [trim])
        return try results.last?.all("id") ?? []
    }

    func session(_ id: SessionID) async throws(Failure) -> Session? { try await table.get(id) }

    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> (session: Session, user: User)? {
        let rows = try await runner.rows(Self.selectWithUser, [.id(tenant), .id(id)])
        guard let session = try rows.first(Session.table.columns, of: tenant),
            let user = try rows.first(User.table.columns, of: tenant)
        else { return nil }
        return (session, user)
    }

    func sessions(of user: UserID, at now: Timestamp, _ page: PageRequest) async throws(Failure) -> Page<Session> {
        try await table.page(page, [.id(user), now.bind])
    }

    func endAll(of user: UserID, but kept: SessionID?, at now: Timestamp) async throws(Failure) -> [SessionID] {
        try await runner.rows(Self.endOfUser, [.id(tenant), .id(user), now.bind, kept.bind]).all("id")
    }

    func save(_ session: Session) async throws(Failure) { try await table.save(session) }
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
