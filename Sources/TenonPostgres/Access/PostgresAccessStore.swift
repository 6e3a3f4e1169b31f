internal import TenonDomain

struct PostgresAccessStore: AccessStore {
    /// Where tenants themselves stand.
    let registry: any StatementRunner
    /// Where its rows stand.
    let runner: any StatementRunner
    let tenant: TenantID
    /// Compiles the tenant's policy.
    let heavy: (any HeavyWork)?

    private static let select = Statement(
        "select_tenant_access", "SELECT status, plan FROM tenants WHERE id = $1")

    func tenantAccess() async throws(Failure) -> TenantAccess? {
        guard tenant != .platform else { return .platform }
        let found = try await registry.rows(Self.select, [.id(tenant)]).first { row throws(PostgresError) in
            (status: try row.choice(0) as TenantStatus, plan: try row.choice(1) as TenantPlan)
        }
        guard let found else { return nil }
        let rows = try await runner.rows([
            Command(PostgresPolicyStore.selectRoles, [.id(tenant)]),
            Command(PostgresPolicyStore.selectPolicies, [.id(tenant)]),
        ])
        let roles = try rows[0].decoded { row throws(PostgresError) in
            try PostgresPolicyStore.role(row, of: tenant)
        }
        let policies = try rows[1].decoded { row throws(PostgresError) in
            try PostgresPolicyStore.policy(row, of: tenant)
        }
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
