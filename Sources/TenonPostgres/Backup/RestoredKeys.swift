internal import TenonDomain

/// The versions of a tenant's data key, locked against removal while the session lasts. They are in the shared database
/// and in no backup.
struct RestoredKeys {
    private let versions: Set<String>

    /// The lock that every writer of sealed values takes: no key version is removed while it is held.
    static func lock(_ tenant: TenantID, _ script: PostgresScript) async throws(PostgresError) {
        try await script.run(
            "SELECT pg_advisory_lock_shared($1::bigint)", [String(Int64(bitPattern: tenant.low))])
    }

    /// `registry` is a session in the shared database, in no transaction.
    static func hold(_ tenant: TenantID, _ registry: PostgresScript) async throws(PostgresError) -> RestoredKeys {
        try await lock(tenant, registry)
        try await registry.run("BEGIN READ ONLY; \(RestoredRows.asOwner)")
        let rows = try await registry.run(
            "SELECT version FROM tenon.data_keys WHERE tenant_id = $1::uuid AND purpose = 'values'",
            [Scope.uuidText(tenant)])
        try await registry.run("COMMIT")
        return RestoredKeys(versions: Set(rows.compactMap { $0[0] }))
    }

    /// Refuses a backup with values whose key version is gone. Bytes 2 to 5 of a sealed value are the version of its
    /// key.
    func requireAll(_ script: PostgresScript, _ id: String) async throws(PostgresError) {
        for table in try await TenantTables.all(script) where !TenantTables.isAppendOnly(table.name) {
            for column in table.columns where column.hasPrefix("sealed_") {
                let used = try await script.run(
                    """
                    SELECT DISTINCT ('x' || encode(substring("\(column)" FROM 2 FOR 4), 'hex'))::bit(32)::int
                    FROM tenon."\(table.name)" WHERE tenant_id = $1::uuid AND "\(column)" IS NOT NULL
                    """, [id])
                if let gone = used.compactMap({ $0[0] }).first(where: { !versions.contains($0) }) {
                    throw .refused(
                        .backup(
                            "The backup holds values in \(table.name) that were sealed under version \(gone) of the "
                                + "tenant's key, which there is no more: nothing was restored."))
                }
            }
        }
    }
}
