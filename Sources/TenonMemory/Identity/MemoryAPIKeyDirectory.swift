public import TenonDomain

/// The keys of all tenants in memory.
public struct MemoryAPIKeyDirectory: APIKeyDirectory {
    private let tables: MemoryTables

    public init(_ transactions: MemoryTransactions) {
        tables = transactions.committed
    }

    public func key(withSecret digest: [UInt8]) async throws(Failure) -> APIKeyReference? {
        tables.read { state in
            state.apiKeys.values.first { key in key.credentials.contains { $0.digest == digest } }
                .map { APIKeyReference(tenant: $0.tenant, key: $0.id) }
        }
    }

    public func tenant(of key: APIKeyID) async throws(Failure) -> TenantID? {
        tables.read { $0.apiKeys[key]?.tenant }
    }
}
