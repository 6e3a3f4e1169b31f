public import TenonDomain

/// The lookups before a tenant is known: the functions of the schema `directory`, by keyed digest.
public struct PostgresDirectory: Directory {
    private let runner: any StatementRunner
    private let digests: any KeyedDigests

    public init(_ database: PostgresDatabase, digests: any KeyedDigests) {
        runner = database.unscopedReads
        self.digests = digests
    }

    private static let tenantBySlug = Statement(
        "directory_tenant_by_slug", "SELECT tenant_id FROM directory.tenant_by_slug($1)")
    private static let accountsByEmail = Statement(
        "directory_accounts_by_email", "SELECT tenant_id, user_id FROM directory.accounts_by_email($1, $2)")
    private static let accountsByUsername = Statement(
        "directory_accounts_by_username", "SELECT tenant_id, user_id FROM directory.accounts_by_username($1, $2)")
    private static let tenantOfConnection = Statement(
        "directory_tenant_of_sso_connection", "SELECT tenant_id FROM directory.tenant_of_sso_connection($1)")

    public func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID? {
        try await runner.rows(Self.tenantBySlug, [.bytes(digests.digest(slug.text, for: .tenantSlug))])
            .first { row throws(PostgresError) in try row.id(0) }
    }

    public func accounts(_ login: LoginName, limit: Int) async throws(Failure) -> [AccountReference] {
        let (statement, digest) =
            switch login {
            case .email(let email): (Self.accountsByEmail, digests.digest(email.folded, for: .email))
            case .username(let name): (Self.accountsByUsername, digests.digest(name.folded, for: .username))
            }
        return try await runner.rows(statement, [.bytes(digest), .int(Int64(limit))])
            .decoded { row throws(PostgresError) in AccountReference(tenant: try row.id(0), user: try row.id(1)) }
    }

    public func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID? {
        try await runner.rows(
            Self.tenantOfConnection, [.bytes(digests.digest(connection.bytes, for: .ssoConnection))]
        ).first { row throws(PostgresError) in try row.id(0) }
    }
}
