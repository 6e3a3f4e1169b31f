internal import TenonDomain

struct MemoryTenantStore: TenantStore {
    let tables: MemoryTables
    let tenant: TenantID

    private var table: MemoryTable<Tenant> { MemoryTable(tables: tables, tenant: tenant, rows: \.tenants) }

    func add(_ new: Tenant) async throws(Failure) { try await table.add(new) }

    func tenant(_ id: TenantID) async throws(Failure) -> Tenant? { try await table.get(id) }

    func tenantForUpdate(_ id: TenantID) async throws(Failure) -> Tenant? { try await table.get(id) }

    func save(_ changed: Tenant) async throws(Failure) { try await table.save(changed) }
}
