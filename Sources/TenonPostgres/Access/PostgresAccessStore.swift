internal import TenonDomain

struct PostgresAccessStore: AccessStore {
    /// Where tenants themselves stand.
    let registry: any StatementRunner
    /// Where its rows stand.
    let runner: any StatementRunner
    let tenant: TenantID
    /// Compiles the tenant's policy.
    let heavy: (any HeavyWork)?

    private static let standing = Columns<(status: TenantStatus, plan: TenantPlan)> { c in
        let (status, plan) = (c.read("status", as: TenantStatus.self), c.read("plan", as: TenantPlan.self))
        return { row, _ throws(PostgresError) in (try row[status], try row[plan]) }
    }
    private static let select = Statement(
        "select_tenant_access", "SELECT \(standing.list()) FROM tenants WHERE id = $1")

    func tenantAccess() async throws(Failure) -> TenantAccess? {
        guard tenant != .platform else { return .platform }
        let found = try await registry.rows(Self.select, [.id(tenant)]).first(Self.standing, of: tenant)
        guard let found else { return nil }
        let rows = try await runner.rows([
            Command(TenantRole.table.selectAll, [.id(tenant)]), Command(Policy.table.selectAll, [.id(tenant)]),
        ])
        let roles = try rows[0].decoded(TenantRole.table.columns, of: tenant)
        let policies = try rows[1].decoded(Policy.table.columns, of: tenant)
        let compile = { () throws(Failure) in
            try TenantAccess(
                tenant: tenant, status: found.status, plan: found.plan, roles: roles, policies: policies)
        }
        guard let heavy, !(roles.isEmpty && policies.isEmpty) else { return try compile() }
        return try await withTaskExecutorPreference(heavy.executor(for: tenant)) {
            () async throws(Failure) in try compile()
        }
    }
}
