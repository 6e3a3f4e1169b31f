public import TenonDomain
public import TenonKit

/// What is known of a tenant's own database. Its rows stand in the shared database, whatever they say.
struct PostgresTenantDatabases: TenantDatabases {
    let runner: any StatementRunner
    let tenant: TenantID

    static let columns = "tenant_id, state, schema_version, attempts, last_error, held_until, updated_at"
    private static let insert = Statement(
        "insert_tenant_database",
        """
        INSERT INTO tenant_databases (tenant_id, database_name, state, schema_version, attempts, held_until, updated_at)
        VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (tenant_id) DO NOTHING
        """)
    private static let select = Statement(
        "select_tenant_database", "SELECT \(columns) FROM tenant_databases WHERE tenant_id = $1")
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
        try await runner.execute(
            Self.insert,
            [
                .id(tenant), .text(new.name), .text(new.state.rawValue), .int(new.schemaVersion),
                .timestamp(new.heldUntil), .timestamp(new.updatedAt),
            ])
    }

    func database() async throws(Failure) -> TenantDatabase? {
        try await runner.rows(Self.select, [.id(tenant)]).first(Self.database)
    }

    func replace(_ old: TenantDatabase, by new: TenantDatabase) async throws(Failure) -> Bool {
        guard old.tenant == tenant, new.tenant == tenant else { return false }
        return try await !runner.rows(
            Self.update,
            [
                .id(tenant), .text(old.state.rawValue), .int(old.attempts), .text(new.state.rawValue),
                .int(new.schemaVersion), .optional(new.lastError), .timestamp(new.heldUntil),
                .timestamp(new.updatedAt),
            ]
        ).isEmpty
    }

    static func database(_ row: PostgresRow) throws(PostgresError) -> TenantDatabase {
        TenantDatabase(
            tenant: try row.id(0), state: try row.choice(1), schemaVersion: try row.int(2), attempts: try row.int(3),
            lastError: try row.optionalText(4), heldUntil: try row.timestamp(5), updatedAt: try row.timestamp(6))
    }
}

/// The tenants whose databases somebody has to work on.
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
        RETURNING \(PostgresTenantDatabases.columns)
        """)

    public func take(holdingUntil: Timestamp, at now: Timestamp) async throws(Failure) -> TenantDatabase? {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.rows(Self.takeNext, [.timestamp(now), .timestamp(holdingUntil)])
                .first(PostgresTenantDatabases.database)
        }
    }
}
