internal import TenonDomain

struct MemoryPolicyStore: PolicyStore {
    let tables: MemoryTables
    let tenant: TenantID

    /// A transaction holds everything as it is.
    func lock() async throws(Failure) {}

    func roles() async throws(Failure) -> [TenantRole] {
        tables.read { state in
            state.roles.filter { $0.tenant == tenant }
                .sorted { $0.role.name.utf8.lexicographicallyPrecedes($1.role.name.utf8) }
        }
    }

    func role(_ role: Role) async throws(Failure) -> TenantRole? {
        tables.read { $0.roles.first { $0.tenant == tenant && $0.role == role } }
    }

    func roleVersionFloor() async throws(Failure) -> Int64 {
        tables.read { $0.roleVersionFloors[tenant] ?? 0 }
    }

    func add(_ role: TenantRole) async throws(Failure) {
        guard role.tenant == tenant else { throw .bug("A role is added in a transaction of another tenant.") }
        try tables.change { state throws(Failure) in
            guard !state.roles.contains(where: { $0.tenant == tenant && $0.role == role.role }) else {
                throw Failure(.roleNameTaken, "The tenant has a role \(role.role.name) already.")
            }
            state.roles.append(role)
        }
    }

    func save(_ role: TenantRole) async throws(Failure) {
        tables.change { state in
            guard let place = state.roles.firstIndex(where: { $0.tenant == tenant && $0.role == role.role }) else {
                return
            }
            state.roles[place] = role
        }
    }

    func remove(_ role: Role) async throws(Failure) {
        tables.change { state in
            let removed = state.roles.filter { $0.tenant == tenant && $0.role == role }
            state.roleVersionFloors[tenant] = (removed.map(\.version) + [state.roleVersionFloors[tenant] ?? 0]).max()
            state.roles.removeAll { $0.tenant == tenant && $0.role == role }
        }
    }

    func policies(_ page: PageRequest) async throws(Failure) -> Page<Policy> {
        let all = try await policies()
        let rest = all.drop { $0.id.description <= page.lowerBound }.dropFirst(page.offset)
        return Page(
            overfull: Array(rest.prefix(page.limit + 1)), for: page, total: page.isNumbered ? all.count : nil,
            sortKey: \.id.description)
    }

    func policies() async throws(Failure) -> [Policy] {
        tables.read { state in
            state.policies.values.filter { $0.tenant == tenant }.sorted { $0.id < $1.id }
        }
    }

    func policy(_ id: PolicyID) async throws(Failure) -> Policy? {
        tables.read { $0.policies[id] }.flatMap { $0.tenant == tenant ? $0 : nil }
    }

    func add(_ policy: Policy) async throws(Failure) {
        guard policy.tenant == tenant else { throw .bug("A policy is added in a transaction of another tenant.") }
        try put(policy)
    }

    func save(_ policy: Policy) async throws(Failure) {
        guard try await self.policy(policy.id) != nil else { return }
        try put(policy)
    }

    private func put(_ policy: Policy) throws(Failure) {
        try tables.change { state throws(Failure) in
            let others = state.policies.values.filter { $0.tenant == tenant && $0.id != policy.id }
            guard !others.contains(where: { $0.name == policy.name }) else {
                throw Failure(.policyNameTaken, "The tenant has a policy \(policy.name.text) already.")
            }
            state.policies[policy.id] = policy
        }
    }

    func remove(_ id: PolicyID) async throws(Failure) {
        tables.change { state in
            if state.policies[id]?.tenant == tenant { state.policies[id] = nil }
        }
    }
}
