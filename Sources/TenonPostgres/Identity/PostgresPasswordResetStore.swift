public import TenonDomain
public import TenonKit

struct PostgresPasswordResetStore: PasswordResetStore {
    let scope: PostgresScope

    private var runner: any StatementRunner { scope.runner }
    private var tenant: TenantID { scope.tenant }

    private static let columns = Columns<PasswordReset>("password_resets") { c in
        let user = c.fixed("user_id", \.user)
        let digest = c.fixed("digest", \.digest)
        let expiresAt = c.fixed("expires_at", \.expiresAt)
        return { row, tenant throws(PostgresError) in
            PasswordReset(
                tenant: tenant, user: try row[user], digest: try row[digest], expiresAt: try row[expiresAt])
        }
    }
    private static let insert = Statement("insert_password_reset", columns.insert())
    private static let trim = Statement(
        "trim_password_resets",
        """
        DELETE FROM password_resets WHERE tenant_id = $1 AND user_id = $2 AND digest NOT IN (
            SELECT digest FROM password_resets WHERE tenant_id = $1 AND user_id = $2
            ORDER BY expires_at DESC, digest LIMIT $3)
        """)
    private static let select = Statement(
        "select_password_reset",
        "SELECT \(columns.list()) FROM password_resets WHERE tenant_id = $1 AND user_id = $2 AND digest = $3")
    private static let take = Statement(
        "take_password_reset",
        """
        DELETE FROM password_resets WHERE tenant_id = $1 AND user_id = $2 AND digest = $3 RETURNING \(columns.list())
        """)
    private static let delete = Statement(
        "delete_password_resets", "DELETE FROM password_resets WHERE tenant_id = $1 AND user_id = $2")

    func put(_ reset: PasswordReset) async throws(Failure) {
        guard reset.tenant == tenant else { throw .bug("A reset is put in a transaction of another tenant.") }
        try await runner.execute([
            Command(Self.insert, Self.columns.values(of: reset, in: tenant)),
            Command(Self.trim, [.id(tenant), .id(reset.user), .int(Int64(PasswordReset.maxCount))]),
        ])
    }

    func reset(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset? {
        try await one(Self.select, user, digest)
    }

    func take(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset? {
        guard let taken = try await one(Self.take, user, digest) else { return nil }
        try await removeAll(of: user)
        return taken
    }

    func removeAll(of user: UserID) async throws(Failure) {
        try await runner.execute(Self.delete, [.id(tenant), .id(user)])
    }

    private func one(
        _ statement: Statement, _ user: UserID, _ digest: [UInt8]
    ) async throws(Failure) -> PasswordReset? {
        try await runner.rows(statement, [.id(tenant), .id(user), .bytes(digest)]).first(Self.columns, of: tenant)
    }
}

/// Resets that nobody took, wherever their tenants' rows stand.
public struct PostgresPasswordResetSweeper: ExpiredRows {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let remove = PostgresPurge.statement(
        "remove_password_resets", "password_resets", by: "expires_at")

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await database.purgeEverywhere(Command(Self.remove, [.timestamp(now)]))
    }
}
