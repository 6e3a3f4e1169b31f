public import TenonDomain
public import TenonKit

/// What is known of a tenant's own database. Its rows stand in the shared database, whatever they say.
struct PostgresTenantDatabases: TenantDatabases {
    let runner: any StatementRunner
    let tenant: TenantID

    /// Each row says whose it is: one statement takes any tenant's.
    static let columns = Columns<TenantDatabase>("tenant_databases", isScoped: false) { c in
        let tenant = c.fixed("tenant_id", \.tenant)
        let state = c.column("state", \.state)
        let schemaVersion = c.column("schema_version", \.schemaVersion)
        let attempts = c.fixed("attempts", \.attempts)
        let lastError = c.column("last_error", \.lastError)
        let heldUntil = c.column("held_until", \.heldUntil)
        let updatedAt = c.column("updated_at", \.updatedAt)
        c.derived("database_name", \.name)
        return { row, _ throws(PostgresError) in
            TenantDatabase(
                tenant: try row[tenant], state: try row[state], schemaVersion: try row[schemaVersion],
                attempts: try row[attempts], lastError: try row[lastError], heldUntil: try row[heldUntil],
                updatedAt: try row[updatedAt])
        }
    }
    private static let insert = Statement(
        "insert_tenant_database", columns.insert(or: "ON CONFLICT (tenant_id) DO NOTHING"))
    private static let select = Statement(
        "select_tenant_database", "SELECT \(columns.list()) FROM tenant_databases WHERE tenant_id = $1")
    private static let update = Statement(
        "update_tenant_database",
        """
        UPDATE tenant_databases
        SET state = $4, schema_version = $5, last_error = $6, held_until = $7, updated_at = $8
        WHERE tenant_id = $1 AND state = $2 AND attempts = $3 RETURNING 1
        """)
    static let selectRouted = Statement(
        "select_routed_tenants",
        "SELECT tenant_id FROM tenant_databases WHERE state IN ('seeding', 'ready') ORDER BY tenant_id")

    func request(at now: Timestamp) async throws(Failure) {
        let new = TenantDatabase(requestedFor: tenant, at: now)
        try await runner.execute(Self.insert, Self.columns.values(of: new, in: tenant))
    }

    func database() async throws(Failure) -> TenantDatabase? {
        try await runner.rows(Self.select, [.id(tenant)]).first(Self.columns, of: tenant)
    }

    func replace(_ old: TenantDatabase, by new: TenantDatabase) async throws(Failure) -> Bool {
        guard old.tenant == tenant, new.tenant == tenant else { return false }
        return try await !runner.rows(
            Self.update,
            [
                .id(tenant), .text(old.state.rawValue), .int(old.attempts), .text(new.state.rawValue),
                .int(new.schemaVersion), new.lastError.bind, .timestamp(new.heldUntil),
                .timestamp(new.updatedAt),
            ]
        ).isEmpty
    }
}

/// The tenants whose databases need work.
public struct PostgresTenantDatabaseQueue: TenantDatabaseQueue {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let takeNext = Statement(
        "take_tenant_database",
        """
        UPDATE tenant_databases SET attempts = attempts + 1, held_until = $2
        WHERE tenant_id = (
            SELECT tenant_id FROM tenant_databases WHERE state NOT IN ('ready', 'dropped') AND held_until <= $1
            ORDER BY held_until LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING \(PostgresTenantDatabases.columns.list())
        """)

    public func take(holdingUntil: Timestamp, at now: Timestamp) async throws(Failure) -> TenantDatabase? {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.rows(Self.takeNext, [.timestamp(now), .timestamp(holdingUntil)])
                .first(PostgresTenantDatabases.columns, of: .platform)
        }
    }
}
