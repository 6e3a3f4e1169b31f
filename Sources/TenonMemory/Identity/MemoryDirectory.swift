public import TenonDomain

/// The lookups before a tenant is known, in memory.
public struct MemoryDirectory: Directory {
    private let tables: MemoryTables

    public init(_ transactions: MemoryTransactions) {
        tables = transactions.committed
    }

    public func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID? {
        tables.read { state in state.tenants.values.first { $0.slug == slug }?.id }
    }

    public func accounts(_ login: LoginName, limit: Int) async throws(Failure) -> [AccountReference] {
        tables.read { state in
            state.users.values.filter { login.names($0) }.sorted { $0.id < $1.id }.prefix(limit)
                .map { AccountReference(tenant: $0.tenant, user: $0.id) }
        }
    }

    public func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID? {
        tables.read { $0.ssoConnections[connection]?.tenant }
    }
}
