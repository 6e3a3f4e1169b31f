internal import TenonDomain

struct MemoryTenantStore: TenantStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ new: Tenant) async throws(Failure) {
        guard new.id == tenant else { throw .bug("A tenant is added in a transaction of another.") }
        try tables.change { state throws(Failure) in
            guard !state.tenants.values.contains(where: { $0.slug == new.slug }) else {
                throw Failure(.slugTaken, "Choose another name: the slug \(new.slug.text) is taken.")
            }
            state.tenants[new.id] = new
        }
    }

    func tenant(_ id: TenantID) async throws(Failure) -> Tenant? {
        id == tenant ? tables.read { $0.tenants[id] } : nil
    }

    func tenantForUpdate(_ id: TenantID) async throws(Failure) -> Tenant? {
        try await tenant(id)
    }

    func save(_ changed: Tenant) async throws(Failure) {
        guard changed.id == tenant else { throw .bug("A tenant is changed in a transaction of another.") }
        try tables.change { state throws(Failure) in
            guard state.tenants[tenant]?.version == changed.version - 1 else {
                throw Failure(.tooMuchContention, "Try again.", retryAfter: .seconds(1))
            }
            state.tenants[tenant] = changed
        }
    }
}
