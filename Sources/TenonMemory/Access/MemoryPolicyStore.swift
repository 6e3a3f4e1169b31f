internal import TenonDomain

struct MemoryPolicyStore: PolicyStore {
    let tables: MemoryTables
    let tenant: TenantID

    private var tenantRoles: MemoryTable<TenantRole> { MemoryTable(tables: tables, tenant: tenant, rows: \.roles) }
    private var tenantPolicies: MemoryTable<Policy> { MemoryTable(tables: tables, tenant: tenant, rows: \.policies) }

    /// A transaction holds the whole state.
    func lock() async throws(Failure) {}

    func roles() async throws(Failure) -> [TenantRole] { tenantRoles.all() }

    func role(_ role: Role) async throws(Failure) -> TenantRole? { try await tenantRoles.get(role) }

    func roleVersionFloor() async throws(Failure) -> Int64 {
        tables.read { $0.roleVersionFloors[tenant] ?? 0 }
    }

    func add(_ role: TenantRole) async throws(Failure) { try await tenantRoles.add(role) }

    func save(_ role: TenantRole) async throws(Failure) { try await tenantRoles.save(role) }

    func remove(_ role: Role) async throws(Failure) {
        tables.change { state in
            guard let removed = state.roles[tenant, role] else { return }
            state.roleVersionFloors[tenant] = max(removed.version, state.roleVersionFloors[tenant] ?? 0)
            state.roles[tenant, role] = nil
        }
    }

    func policies(_ page: PageRequest) async throws(Failure) -> Page<Policy> { try await tenantPolicies.page(page) }

    func policies() async throws(Failure) -> [Policy] { tenantPolicies.all() }

    func policy(_ id: PolicyID) async throws(Failure) -> Policy? { try await tenantPolicies.get(id) }

    func add(_ policy: Policy) async throws(Failure) { try await tenantPolicies.add(policy) }

    func save(_ policy: Policy) async throws(Failure) { try await tenantPolicies.save(policy) }

    func remove(_ id: PolicyID) async throws(Failure) { try await tenantPolicies.remove(id) }
}
