public import TenonDomain

/// Changes to the wrapped data keys of all tenants.
public struct PostgresDataKeyRotation: DataKeyRotation {
    private let database: PostgresDatabase
    private let cells: PostgresSealedCells
    private let clock: any WallClock
    private let maintenance: PostgresMaintenance

    public init(_ database: PostgresDatabase, clock: any WallClock, identifiers: Identifiers) {
        self.database = database
        self.clock = clock
        cells = PostgresSealedCells(database, clock: clock, identifiers: identifiers)
        maintenance = PostgresMaintenance(database: database, clock: clock, identifiers: identifiers)
    }

    private static let count = Statement(
        "count_data_keys_per_kek", "SELECT kek_version, count(*) FROM data_keys GROUP BY kek_version")
    private static let selectOlder = Statement(
        "select_data_keys_under_older_kek",
        """
        SELECT \(PostgresDataKeyStore.columns.list()) FROM data_keys
        WHERE kek_version < $1 ORDER BY kek_version, tenant_id, purpose, version LIMIT $2
        """)
    private static let update = Statement(
        "rewrap_data_key",
        """
        UPDATE data_keys SET kek_version = $5, wrapped = $6
        WHERE tenant_id = $1 AND purpose = $2 AND version = $3 AND wrapped = $4 RETURNING 1
        """)
    /// Held until the transaction ends: a new version is added either before a destruction, which then sees it, or
    /// after it, where it finds no key to succeed.
    private static let lock = Statement("lock_data_keys", "SELECT pg_advisory_xact_lock($1)")
    private static let insert = Statement(
        "add_data_key_version",
        """
        INSERT INTO data_keys (\(PostgresDataKeyStore.columns.list()))
        SELECT tenant_id, purpose, $3, $4, $5, $6 FROM data_keys
        WHERE tenant_id = $1 AND purpose = $2 AND version = $3 - 1
        ON CONFLICT DO NOTHING RETURNING 1
        """)
    private static let deleteUnused = Statement(
        "remove_unused_data_keys",
        """
        DELETE FROM data_keys k WHERE k.tenant_id = $1 AND k.purpose = 'values' AND k.version < $2
            \(unused("k.version::int4"))
            AND NOT EXISTS (\(waitingToken(under: "k.version::int4", at: "$3")))
        RETURNING \(PostgresDataKeyStore.columns.list())
        """)
    /// No value of a declared column is sealed under the version.
    private static func unused(_ version: String) -> String {
        SealedColumn.all.values.map { sealed in
            """
            AND NOT EXISTS (SELECT FROM \(sealed.table.rawValue) s
                WHERE s.tenant_id = $1 AND substring(s.\(sealed.column) FROM 2 FOR 4) = int4send(\(version)))
            """
        }.joined(separator: "\n")
    }

    /// A token to choose a password that is on its way, and still good. It is sealed in the event: the version of its key
    /// is in bytes 2 to 5, which are within the first 8 characters of base 64.
    static func waitingToken(under version: String, at now: String) -> String {
        """
        SELECT FROM outbox o WHERE o.tenant_id = $1 AND o.delivered_at IS NULL
            AND o.kind = 'identity.password_reset_requested'
            AND (o.details::jsonb->>'expires_at')::timestamptz > \(now)
            AND substring(decode(translate(left(o.details::jsonb->>'sealed_token', 8), '-_', '+/'), 'base64')
                FROM 2 FOR 4) = int4send(\(version))
        """
    }

    private static let deleteVersions = Statement(
        "remove_data_key_versions",
        """
        DELETE FROM data_keys WHERE tenant_id = $1 AND purpose = 'values' AND version = ANY($2)
        RETURNING \(PostgresDataKeyStore.columns.list())
        """)
    private static let delete = Statement(
        "destroy_data_keys",
        """
        DELETE FROM data_keys WHERE tenant_id = $1
        RETURNING \(PostgresDataKeyStore.columns.list())
        """)
    private static let betweenVersions = Statement(
        "select_tenants_between_key_versions",
        """
        SELECT tenant_id, count(*) OVER () FROM data_keys WHERE purpose = 'values'
        GROUP BY tenant_id HAVING count(*) > 1 ORDER BY tenant_id LIMIT $1
        """)

    private static let lockShared = Statement(
        "share_data_keys", "SELECT pg_advisory_xact_lock_shared($1)", isRepeatable: false)

    /// Taken by whoever stores sealed values: a key version that was in use when the transaction began is removed only
    /// after its end, when what it stored is seen.
    static func lockForSealing(_ tenant: TenantID) -> Command {
        Command(lockShared, [.int(Int64(bitPattern: tenant.low))])
    }

    static func lock(_ tenant: TenantID) -> Command {
        Command(lock, [.int(Int64(bitPattern: tenant.low))])
    }

    public func countPerKEK() async throws(Failure) -> [Int32: Int] {
        let rows = try await maintenance.rows(Self.count, [])
        return Dictionary(
            uniqueKeysWithValues: zip(try rows.all("kek_version", as: Int32.self), try rows.all("count", as: Int.self)))
    }

    public func keys(underKEKOlderThan version: Int32, limit: Int) async throws(Failure) -> [WrappedDataKey] {
        try await maintenance.rows(Self.selectOlder, [.int(Int64(version)), .int(Int64(limit))])
            .decoded(PostgresDataKeyStore.columns, of: .platform)
    }

    public func replace(_ changes: [(old: WrappedDataKey, new: WrappedDataKey)]) async throws(Failure) -> Int {
        try await maintenance.transact(in: .platform, as: .keyMaintenance) { runner, _ throws(Failure) in
            try await runner.rows(
                changes.map { change in
                    Command(
                        Self.update,
                        [
                            .id(change.old.tenant), .text(change.old.purpose.rawValue),
                            .int(Int64(change.old.version)), .bytes(change.old.wrapped.bytes),
                            .int(Int64(change.new.kekVersion)), .bytes(change.new.wrapped.bytes),
                        ])
                }
            ).count { !$0.isEmpty }
        }
    }

    public func add(
        _ successor: WrappedDataKey, recording event: DomainEvent, as caller: Caller
    ) async throws(Failure) -> Bool {
        try await maintenance.transact(in: successor.tenant, as: caller) { runner, pending throws(Failure) in
            let values = PostgresDataKeyStore.columns.values(of: successor, in: successor.tenant)
            let results = try await runner.rows([Self.lock(successor.tenant), Command(Self.insert, values)])
            guard !results[1].isEmpty else { return false }
            pending.audit(event, .success)
            return true
        }
    }

    public func removeUnused(
        of tenant: TenantID, olderThan version: Int32, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey] {
        if try await database.router.isShared(tenant) {
            return try await remove(
                Self.deleteUnused, [.id(tenant), .int(Int64(version)), .timestamp(clock.now())], of: tenant, as: caller,
                event)
        }
        // The keys stand in one database and the cells in another: nothing is sealed there while both are looked at.
        return try await cells.withSealingStopped(of: tenant) { versions throws(Failure) in
            let older = try await dataKeys.keys(of: tenant, for: .values).map(\.version).filter { $0 < version }
            var unused: [Int64] = []
            for version in older where try await !versions.isNeeded(version) { unused.append(Int64(version)) }
            return try await remove(
                Self.deleteVersions, [.id(tenant), .intArray(unused)], of: tenant, as: caller, event)
        }
    }

    private var dataKeys: PostgresKeys { PostgresKeys(database) }

    public func destroy(
        of tenant: TenantID, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) throws(Failure) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey] {
        try await remove(Self.delete, [.id(tenant)], of: tenant, as: caller, event)
    }

    private func remove(
        _ statement: Statement, _ values: [PostgresValue], of tenant: TenantID, as caller: Caller,
        _ event: @Sendable ([WrappedDataKey]) throws(Failure) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey] {
        try await maintenance.transact(in: tenant, as: caller) { runner, pending throws(Failure) in
            let results = try await runner.rows([Self.lock(tenant), Command(statement, values)])
            let removed = try results[1].decoded(PostgresDataKeyStore.columns, of: .platform).sorted { left, right in
                (left.purpose.rawValue, left.version) < (right.purpose.rawValue, right.version)
            }
            if !removed.isEmpty { pending.audit(try event(removed), .success) }
            return removed
        }
    }

    public func tenantsBetweenVersions(limit: Int) async throws(Failure) -> (tenants: [TenantID], total: Int) {
        let rows = try await maintenance.rows(Self.betweenVersions, [.int(Int64(limit))])
        return (try rows.all("tenant_id"), try rows.value("count") ?? 0)
    }
}
