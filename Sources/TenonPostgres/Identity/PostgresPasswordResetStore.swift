internal import TenonDomain

struct PostgresPasswordResetStore: PasswordResetStore {
    let runner: any StatementRunner
    let tenant: TenantID

    private static let upsert = Statement(
        "put_password_reset",
        """
        INSERT INTO password_resets (tenant_id, user_id, digest, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, user_id) DO UPDATE SET digest = $3, expires_at = $4
        """)
    private static let take = Statement(
        "take_password_reset",
        "DELETE FROM password_resets WHERE tenant_id = $1 AND user_id = $2 RETURNING digest, expires_at")

    func put(_ reset: PasswordReset) async throws(Failure) {
        guard reset.tenant == tenant else { throw .bug("A reset is put in a transaction of another tenant.") }
        _ = try await runner.rows(
            Self.upsert, [.id(tenant), .id(reset.user), .bytes(reset.digest), .timestamp(reset.expiresAt)])
    }

    func take(of user: UserID) async throws(Failure) -> PasswordReset? {
        try await runner.rows(Self.take, [.id(tenant), .id(user)]).first { row throws(PostgresError) in
            PasswordReset(tenant: tenant, user: user, digest: try row.bytes(0), expiresAt: try row.timestamp(1))
        }
    }
}
