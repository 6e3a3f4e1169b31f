public import TenonDomain
public import TenonKit

struct MemoryAccessStore: AccessStore {
    let tables: MemoryTables
    let tenant: TenantID

    func tenantAccess() async throws(Failure) -> TenantAccess? {
        guard tenant != .platform else { return .platform }
        guard let found = tables.read({ $0.tenants[tenant, tenant] }) else { return nil }
        let store = MemoryPolicyStore(tables: tables, tenant: tenant)
        return try TenantAccess(
            tenant: tenant, status: found.status, plan: found.plan, roles: try await store.roles(),
            policies: try await store.policies())
    }
}

/// No other process can change anything here.
public struct MemoryAccessFeed: AccessFeed {
    public init() {}

    public func changes(within time: Duration) async throws(Failure) -> [AccessChange] { [] }

    public func news() -> AsyncStream<AccessChange> { AsyncStream { _ in } }

    public func purge(at now: Timestamp) async throws(Failure) -> Int { 0 }
}
