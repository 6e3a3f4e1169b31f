internal import TenonDomain

extension Tenant {
    static let table = TableStatements(
        Columns<Tenant>("tenants", isScoped: false) { c in
            let id = c.key("id", \.id)
            let slug = c.fixed("slug", \.slug)
            let name = c.column("name", \.name)
            let plan = c.column("plan", \.plan)
            let isolation = c.fixed("isolation", \.isolation)
            let status = c.column("status", \.status)
            let deletesAt = c.column("deletes_at", \.deletesAt)
            let wasSuspended = c.column("was_suspended", \.wasSuspended)
            let isErasing = c.column("is_erasing", \.isErasing)
            let ownerEmail = c.column("owner_email", \.firstOwner?.email)
            let ownerName = c.column("owner_name", \.firstOwner?.name)
            let version = c.version("version", \.version)
            let createdAt = c.fixed("created_at", \.createdAt)
            let updatedAt = c.column("updated_at", \.updatedAt)
            c.digest("slug_digest", .tenantSlug, isFixed: true) { Array($0.slug.text.utf8) }
            return { row, _ throws(PostgresError) in
                let owner = try row[ownerName]
                return Tenant(
                    id: try row[id], slug: try row[slug], name: try row[name], plan: try row[plan],
                    isolation: try row[isolation], status: try row[status], deletesAt: try row[deletesAt],
                    wasSuspended: try row[wasSuspended], isErasing: try row[isErasing],
                    firstOwner: try row[ownerEmail].map { FirstOwner(email: $0, name: owner) },
                    version: try row[version], createdAt: try row[createdAt], updatedAt: try row[updatedAt])
            }
        })
}

struct PostgresTenantStore: TenantStore {
    let scope: PostgresScope

    private var table: PostgresTable<Tenant> { PostgresTable(Tenant.table, scope) }

    func add(_ tenant: Tenant) async throws(Failure) { try await table.add(tenant) }

    func tenant(_ id: TenantID) async throws(Failure) -> Tenant? { id == scope.tenant ? try await table.get(id) : nil }

    func tenantForUpdate(_ id: TenantID) async throws(Failure) -> Tenant? {
        id == scope.tenant ? try await table.getForUpdate(id) : nil
    }

    func save(_ tenant: Tenant) async throws(Failure) { try await table.save(tenant) }
}
