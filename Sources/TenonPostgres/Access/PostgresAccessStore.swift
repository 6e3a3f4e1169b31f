internal import TenonDomain

struct PostgresAccessStore: AccessStore {
    let runner: any StatementRunner
    let tenant: TenantID

    private static let select = Statement(
        "select_tenant_access", "SELECT status, plan FROM tenants WHERE id = $1")

    func tenantAccess() async throws(Failure) -> TenantAccess? {
        guard tenant != .platform else { return .platform }
        let rows = try await runner.rows([
            Command(Self.select, [.id(tenant)]), Command(PostgresPolicyStore.selectRoles, [.id(tenant)]),
            Command(PostgresPolicyStore.selectPolicies, [.id(tenant)]),
        ])
        let found = try rows[0].first { row throws(PostgresError) in
            (status: try row.choice(0) as TenantStatus, plan: try row.choice(1) as TenantPlan)
        }
        guard let found else { return nil }
        return try TenantAccess(
            tenant: tenant, status: found.status, plan: found.plan,
            roles: try rows[1].decoded { row throws(PostgresError) in
                try PostgresPolicyStore.role(row, of: tenant)
            },
            policies: try rows[2].decoded { row throws(PostgresError) in
                try PostgresPolicyStore.policy(row, of: tenant)
            })
    }
}
