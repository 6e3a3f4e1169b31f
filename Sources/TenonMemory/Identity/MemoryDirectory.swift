public import TenonDomain

/// The lookups before a tenant is known, in memory.
public struct MemoryDirectory: Directory {
    private let tables: MemoryTables

    public init(_ transactions: MemoryTransactions) {
        tables = transactions.committed
    }

    public func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID? {
        tables.read { state in state.tenants.all.first { $0.slug == slug }?.id }
    }

    public func tenants(of login: LoginName, limit: Int) async throws(Failure) -> [TenantID] {
        tables.read { state in
            state.users.all.filter { login.names($0) }.sorted { $0.id < $1.id }.prefix(limit).map(\.tenant)
        }
    }

    public func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID? {
        tables.read { $0.ssoConnections.find(connection)?.tenant }
    }

    public func tenant(of key: APIKeyID) async throws(Failure) -> TenantID? {
        tables.read { $0.apiKeys.find(key)?.tenant }
    }

    public func key(withSecret digest: [UInt8]) async throws(Failure) -> APIKeyReference? {
        tables.read { state in
            state.apiKeys.all.first { key in key.credentials.contains { $0.digest == digest } }
                .map { APIKeyReference(tenant: $0.tenant, key: $0.id) }
        }
    }
}
