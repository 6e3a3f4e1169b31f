public import TenonDomain

struct MemoryAccessStore: AccessStore {
    let tables: MemoryTables
    let tenant: TenantID

    func tenantAccess() async throws(Failure) -> TenantAccess? {
        guard tenant != .platform else { return .platform }
        return tables.read { $0.tenants[tenant] }.map {
            TenantAccess(tenant: tenant, status: $0.status, plan: $0.plan)
        }
    }
}

/// There is no other process that could change anything here.
public struct MemoryAccessFeed: AccessFeed {
    public init() {}

    public func changes(within time: Duration) async throws(Failure) -> [AccessChange] { [] }

    public func news() -> AsyncStream<AccessChange> { AsyncStream { _ in } }

    public func purge(olderThan age: Duration) async throws(Failure) -> Int { 0 }
}
