internal import TenonDomain
internal import TenonKit

struct PostgresPolicyStore: PolicyStore {
    let runner: any StatementRunner
    let tenant: TenantID

    private static let lock = Statement(
        "lock_policies", "SELECT pg_advisory_xact_lock(hashtextextended('tenon.policies ' || $1::text, 0))")

    // MARK: Roles

    private static let roleColumns =
        "name, description, permissions, inherits, version, created_by, created_at, updated_at"
    static let selectRoles = Statement(
        "select_roles", "SELECT \(roleColumns) FROM roles WHERE tenant_id = $1 ORDER BY name")
    private static let selectRole = Statement(
        "select_role", "SELECT \(roleColumns) FROM roles WHERE tenant_id = $1 AND name = $2")
    private static let insertRole = Statement(
        "insert_role",
        """
        INSERT INTO roles (tenant_id, name, description, permissions, inherits, version, updated_at, created_by,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    private static let updateRole = Statement(
        "update_role",
        """
        UPDATE roles SET description = $3, permissions = $4, inherits = $5, version = $6, updated_at = $7
        WHERE tenant_id = $1 AND name = $2
        """)
    private static let selectFloor = Statement(
        "select_version_floor", "SELECT floor FROM version_floors WHERE tenant_id = $1")
    private static let raiseFloor = Statement(
        "raise_version_floor",
        """
        INSERT INTO version_floors AS f (tenant_id, floor)
        SELECT tenant_id, version FROM roles WHERE tenant_id = $1 AND name = $2
        ON CONFLICT (tenant_id) DO UPDATE SET floor = greatest(f.floor, excluded.floor)
        """)
    private static let deleteRole = Statement("delete_role", "DELETE FROM roles WHERE tenant_id = $1 AND name = $2")

    func lock() async throws(Failure) {
        _ = try await runner.rows(Self.lock, [.text(tenant.description)])
    }

    func roles() async throws(Failure) -> [TenantRole] {
        try await runner.rows(Self.selectRoles, [.id(tenant)]).decoded { row throws(PostgresError) in
            try Self.role(row, of: tenant)
        }
    }

    func role(_ role: Role) async throws(Failure) -> TenantRole? {
        try await runner.rows(Self.selectRole, [.id(tenant), .text(role.name)]).first { row throws(PostgresError) in
            try Self.role(row, of: tenant)
        }
    }

    func roleVersionFloor() async throws(Failure) -> Int64 {
        try await runner.rows(Self.selectFloor, [.id(tenant)]).first { row throws(PostgresError) in try row.int(0) }
            ?? 0
    }

    func add(_ role: TenantRole) async throws(Failure) {
        guard role.tenant == tenant else { throw .bug("A role is added in a transaction of another tenant.") }
        let taken = Failure(.roleNameTaken, "The tenant has a role \(role.role.name) already.")
        _ = try await runner.rows(
            Self.insertRole, content(of: role) + [.text(role.createdBy), .timestamp(role.createdAt)],
            constraints: ["roles_pkey": taken])
    }

    func save(_ role: TenantRole) async throws(Failure) {
        try await runner.execute(Self.updateRole, content(of: role))
    }

    func remove(_ role: Role) async throws(Failure) {
        let named: [PostgresValue] = [.id(tenant), .text(role.name)]
        try await runner.execute([Command(Self.raiseFloor, named), Command(Self.deleteRole, named)])
    }

    private func content(of role: TenantRole) -> [PostgresValue] {
        [
            .id(tenant), .text(role.role.name), .optional(role.description?.text),
            .textArray(role.permissions.map(\.name).sorted()), .textArray(role.inherits.map(\.name).sorted()),
            .int(role.version), .timestamp(role.updatedAt),
        ]
    }

    /// A permission that this version does not know any more is left out.
    static func role(_ row: PostgresRow, of tenant: TenantID) throws(PostgresError) -> TenantRole {
        TenantRole(
            tenant: tenant, role: try row.value(0) { text throws(Violation) in try Role(text) },
            description: try row.optionalValue(1) { text throws(Violation) in try Description(text) },
            permissions: Set(try row.textArray(2).compactMap { Permission(named: $0) }),
            inherits: Set(try row.textArray(3).compactMap { try? Role($0) }),
            version: try row.int(4), createdBy: try row.text(5), createdAt: try row.timestamp(6),
            updatedAt: try row.timestamp(7))
    }

    // MARK: Policies

    private static let policyColumns =
        "id, name, description, rules, model, status, version, created_by, created_at, updated_at"
    static let selectPolicies = Statement(
        "select_policies", "SELECT \(policyColumns) FROM policies WHERE tenant_id = $1 ORDER BY id")
    static let selectPage = Statement(
        "select_page_of_policies",
        """
        SELECT \(policyColumns) FROM policies WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3 OFFSET $4
        """)
    private static let countPolicies = Statement(
        "count_policies", "SELECT count(*) FROM policies WHERE tenant_id = $1")
    private static let selectPolicy = Statement(
        "select_policy", "SELECT \(policyColumns) FROM policies WHERE tenant_id = $1 AND id = $2")
    private static let insertPolicy = Statement(
        "insert_policy",
        """
        INSERT INTO policies (tenant_id, id, name, description, rules, model, status, version, updated_at, created_by,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """)
    private static let updatePolicy = Statement(
        "update_policy",
        """
        UPDATE policies SET name = $3, description = $4, rules = $5, model = $6, status = $7, version = $8,
            updated_at = $9
        WHERE tenant_id = $1 AND id = $2
        """)
    private static let deletePolicy = Statement(
        "delete_policy", "DELETE FROM policies WHERE tenant_id = $1 AND id = $2")

    func policies(_ page: PageRequest) async throws(Failure) -> Page<Policy> {
        let start = PolicyID(page.lowerBound) ?? PolicyID(high: 0, low: 0)
        let (rows, total) = try await runner.page(
            page,
            Command(
                Self.selectPage,
                [.id(tenant), .id(start), .int(Int64(page.limit + 1)), .int(Int64(page.offset))]),
            counted: Command(Self.countPolicies, [.id(tenant)]))
        let found = try rows.decoded { row throws(PostgresError) in try Self.policy(row, of: tenant) }
        return Page(overfull: found, for: page, total: total, sortKey: \.id.description)
    }

    func policies() async throws(Failure) -> [Policy] {
        try await runner.rows(Self.selectPolicies, [.id(tenant)]).decoded { row throws(PostgresError) in
            try Self.policy(row, of: tenant)
        }
    }

    func policy(_ id: PolicyID) async throws(Failure) -> Policy? {
        try await runner.rows(Self.selectPolicy, [.id(tenant), .id(id)]).first { row throws(PostgresError) in
            try Self.policy(row, of: tenant)
        }
    }

    func add(_ policy: Policy) async throws(Failure) {
        guard policy.tenant == tenant else { throw .bug("A policy is added in a transaction of another tenant.") }
        _ = try await runner.rows(
            Self.insertPolicy, content(of: policy) + [.text(policy.createdBy), .timestamp(policy.createdAt)],
            constraints: taken(policy))
    }

    func save(_ policy: Policy) async throws(Failure) {
        _ = try await runner.rows(Self.updatePolicy, content(of: policy), constraints: taken(policy))
    }

    func remove(_ id: PolicyID) async throws(Failure) {
        try await runner.execute(Self.deletePolicy, [.id(tenant), .id(id)])
    }

    private func taken(_ policy: Policy) -> [String: Failure] {
        [
            "policies_name_key": Failure(
                .policyNameTaken, "The tenant has a policy \(policy.name.text) already.")
        ]
    }

    private func content(of policy: Policy) -> [PostgresValue] {
        [
            .id(tenant), .id(policy.id), .text(policy.name.text), .optional(policy.description?.text),
            .text(policy.rules.text), .optional(policy.model?.text), .text(policy.status.rawValue),
            .int(policy.version), .timestamp(policy.updatedAt),
        ]
    }

    static func policy(_ row: PostgresRow, of tenant: TenantID) throws(PostgresError) -> Policy {
        Policy(
            id: try row.id(0), tenant: tenant,
            name: try row.value(1) { text throws(Violation) in try DisplayName(text) },
            description: try row.optionalValue(2) { text throws(Violation) in try Description(text) },
            rules: try row.value(3) { text throws(Violation) in try PolicyText(text) },
            model: try row.optionalValue(4) { text throws(Violation) in try PolicyText(text) },
            status: try row.choice(5), version: try row.int(6), createdBy: try row.text(7),
            createdAt: try row.timestamp(8), updatedAt: try row.timestamp(9))
    }
}
