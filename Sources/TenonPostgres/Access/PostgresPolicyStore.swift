internal import TenonDomain

extension TenantRole {
    static let table = TableStatements(
        Columns<TenantRole>("roles") { c in
            let role = c.key("name", \.role)
            let description = c.column("description", \.description)
            let permissions = c.column("permissions") { $0.permissions.map(\.name).sorted() }
            let inherits = c.column("inherits") { $0.inherits.map(\.name).sorted() }
            let version = c.version("version", \.version)
            let createdBy = c.fixed("created_by", \.createdBy)
            let createdAt = c.fixed("created_at", \.createdAt)
            let updatedAt = c.column("updated_at", \.updatedAt)
            c.listed(by: role)
            return { row, tenant throws(PostgresError) in
                TenantRole(
                    tenant: tenant, role: try row[role], description: try row[description],
                    // A permission that this version does not know any more is left out.
                    permissions: Set(try row[permissions].compactMap { Permission(named: $0) }),
                    inherits: Set(try row[inherits].compactMap { try? Role($0) }), version: try row[version],
                    createdBy: try row[createdBy], createdAt: try row[createdAt], updatedAt: try row[updatedAt])
            }
        })
}

extension Policy {
    static let table = TableStatements(
        Columns<Policy>("policies") { c in
            let id = c.key("id", \.id)
            let name = c.column("name", \.name)
            let description = c.column("description", \.description)
            let rules = c.column("rules", \.rules)
            let model = c.column("model", \.model)
            let status = c.column("status", \.status)
            let version = c.version("version", \.version)
            let createdBy = c.fixed("created_by", \.createdBy)
            let createdAt = c.fixed("created_at", \.createdAt)
            let updatedAt = c.column("updated_at", \.updatedAt)
            c.listed(by: id)
            return { row, tenant throws(PostgresError) in
                Policy(
                    id: try row[id], tenant: tenant, name: try row[name], description: try row[description],
                    rules: try row[rules], model: try row[model], status: try row[status], version: try row[version],
                    createdBy: try row[createdBy], createdAt: try row[createdAt], updatedAt: try row[updatedAt])
            }
        })
}

struct PostgresPolicyStore: PolicyStore {
    let scope: PostgresScope

    private var tenantRoles: PostgresTable<TenantRole> { PostgresTable(TenantRole.table, scope) }
    private var tenantPolicies: PostgresTable<Policy> { PostgresTable(Policy.table, scope) }

    private static let lock = Statement(
        "lock_policies", "SELECT pg_advisory_xact_lock(hashtextextended('tenon.policies ' || $1::text, 0))")

    private static let selectFloor = Statement(
        "select_version_floor", "SELECT floor FROM version_floors WHERE tenant_id = $1")
    private static let raiseFloor = Statement(
        "raise_version_floor",
        """
        INSERT INTO version_floors AS f (tenant_id, floor)
        SELECT tenant_id, version FROM roles WHERE tenant_id = $1 AND name = $2
        ON CONFLICT (tenant_id) DO UPDATE SET floor = greatest(f.floor, excluded.floor)
        """)

    func lock() async throws(Failure) {
        _ = try await scope.runner.rows(Self.lock, [.text(scope.tenant.description)])
    }

    func roles() async throws(Failure) -> [TenantRole] { try await tenantRoles.all() }

    func role(_ role: Role) async throws(Failure) -> TenantRole? { try await tenantRoles.get(role) }

    func roleVersionFloor() async throws(Failure) -> Int64 {
        try await scope.runner.rows(Self.selectFloor, [.id(scope.tenant)]).value("floor") ?? 0
    }

    func add(_ role: TenantRole) async throws(Failure) { try await tenantRoles.add(role) }

    func save(_ role: TenantRole) async throws(Failure) { try await tenantRoles.save(role) }

    func remove(_ role: Role) async throws(Failure) {
        try await scope.runner.execute(Self.raiseFloor, [.id(scope.tenant), role.bind])
        try await tenantRoles.remove(role)
    }

    func policies(_ page: PageRequest) async throws(Failure) -> Page<Policy> { try await tenantPolicies.page(page) }

    func policies() async throws(Failure) -> [Policy] { try await tenantPolicies.all() }

    func policy(_ id: PolicyID) async throws(Failure) -> Policy? { try await tenantPolicies.get(id) }

    func add(_ policy: Policy) async throws(Failure) { try await tenantPolicies.add(policy) }

    func save(_ policy: Policy) async throws(Failure) { try await tenantPolicies.save(policy) }

    func remove(_ id: PolicyID) async throws(Failure) { try await tenantPolicies.remove(id) }
}
