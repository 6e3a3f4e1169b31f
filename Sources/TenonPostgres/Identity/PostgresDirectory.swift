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
    private static let tenantsByEmail = Statement(
        "directory_tenants_by_email", "SELECT tenant_id FROM directory.tenants_by_email($1, $2)")
    private static let tenantsByUsername = Statement(
        "directory_tenants_by_username", "SELECT tenant_id FROM directory.tenants_by_username($1, $2)")
    private static let tenantOfConnection = Statement(
        "directory_tenant_of_sso_connection", "SELECT tenant_id FROM directory.tenant_of_sso_connection($1)")
    private static let tenantOfKey = Statement(
        "directory_tenant_of_api_key", "SELECT tenant_id FROM directory.tenant_of_api_key($1)")
    private static let reference = Columns<APIKeyReference> { c in
        let (tenant, key) = (c.read("tenant_id", as: TenantID.self), c.read("key_id", as: APIKeyID.self))
        return { row, _ throws(PostgresError) in APIKeyReference(tenant: try row[tenant], key: try row[key]) }
    }
    private static let keyBySecret = Statement(
        "directory_api_key", "SELECT \(reference.list()) FROM directory.api_key($1)")

    public func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID? {
        try await tenant(Self.tenantBySlug, digests.digest(slug.text, for: .tenantSlug))
    }

    public func tenants(of login: LoginName, limit: Int) async throws(Failure) -> [TenantID] {
        let (statement, digest) =
            switch login {
            case .email(let email): (Self.tenantsByEmail, digests.digest(email.folded, for: .email))
            case .username(let name): (Self.tenantsByUsername, digests.digest(name.folded, for: .username))
            }
        return try await runner.rows(statement, [.bytes(digest), .int(Int64(limit))])
            .all("tenant_id")
    }

    public func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID? {
        try await tenant(Self.tenantOfConnection, digests.digest(connection.bytes, for: .ssoConnection))
    }

    public func tenant(of key: APIKeyID) async throws(Failure) -> TenantID? {
        try await tenant(Self.tenantOfKey, digests.digest(key.bytes, for: .apiKey))
    }

    public func key(withSecret digest: [UInt8]) async throws(Failure) -> APIKeyReference? {
        try await runner.rows(Self.keyBySecret, [.bytes(digest)]).first(Self.reference, of: .platform)
    }

    private func tenant(_ statement: Statement, _ digest: [UInt8]) async throws(Failure) -> TenantID? {
        try await runner.rows(statement, [.bytes(digest)]).value("tenant_id")
    }
}
