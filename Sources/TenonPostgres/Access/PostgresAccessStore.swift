internal import TenonDomain

struct PostgresAccessStore: AccessStore {
    let runner: any StatementRunner
    let tenant: TenantID

    private static let select = Statement(
        "select_tenant_access", "SELECT status, plan FROM tenants WHERE id = $1")

    func tenantAccess() async throws(Failure) -> TenantAccess? {
        guard tenant != .platform else { return .platform }
        return try await runner.rows(Self.select, [.id(tenant)]).first { row throws(PostgresError) in
            TenantAccess(tenant: tenant, status: try row.choice(0), plan: try row.choice(1))
        }
    }
}
