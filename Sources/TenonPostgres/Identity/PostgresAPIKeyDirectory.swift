public import TenonDomain

/// The keys of all tenants: two functions of the schema `directory`, by keyed digest.
public struct PostgresAPIKeyDirectory: APIKeyDirectory {
    private let runner: any StatementRunner
    private let digests: any KeyedDigests

    public init(_ database: PostgresDatabase, digests: any KeyedDigests) {
        runner = database.unscopedReads
        self.digests = digests
    }

    private static let bySecret = Statement(
        "directory_api_key", "SELECT tenant_id, key_id FROM directory.api_key($1)")
    private static let tenantOfKey = Statement(
        "directory_tenant_of_api_key", "SELECT tenant_id FROM directory.tenant_of_api_key($1)")

    public func key(withSecret digest: [UInt8]) async throws(Failure) -> APIKeyReference? {
        try await runner.rows(Self.bySecret, [.bytes(digest)])
            .first { row throws(PostgresError) in APIKeyReference(tenant: try row.id(0), key: try row.id(1)) }
    }

    public func tenant(of key: APIKeyID) async throws(Failure) -> TenantID? {
        try await runner.rows(Self.tenantOfKey, [.bytes(digests.digest(key.bytes, for: .apiKey))])
            .first { row throws(PostgresError) in try row.id(0) }
    }
}
