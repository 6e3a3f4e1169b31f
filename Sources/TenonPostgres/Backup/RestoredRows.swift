internal import TenonDomain

/// The rows of a tenant on their way into a database, from a backup's file or from another database.
enum RestoredRows {
    /// Acts as the owner of the tables until the transaction ends.
    static let asOwner = "SELECT set_config('role', 'tenon_owner', true) \(Bootstrap.whereOwnedByRole)"

    /// Puts the file's rows of the wanted tables into the database, in its transaction.
    static func load(
        _ path: String, of tenant: TenantID, into script: PostgresScript, where isWanted: (String) -> Bool
    ) async throws(PostgresError) -> TenantBackup.Summary {
        let known = try await TenantTables.all(script)
        let reader = try TenantBackup.io { () throws(Failure) in try BackupReader(path) }
        var (tables, rows): (Int, Int64) = (0, 0)
        while let table = try TenantBackup.io({ () throws(Failure) in try reader.nextTable() }) {
            // An older file lacks columns that were added since, which take their defaults.
            guard known.contains(where: { $0.name == table.name && Set(table.columns).isSubset(of: $0.columns) }) else {
                throw .refused(.backup("\(path) holds a table that this schema does not have: \(table.name)."))
            }
            guard isWanted(table.name) else {
                try TenantBackup.io { () throws(Failure) in while try reader.nextRow() != nil {} }
                continue
            }
            try await begin(table, script)
            try await script.copyIn("COPY pg_temp.loaded (\(table.columnList)) FROM STDIN") {
                () throws(PostgresError) in
                try TenantBackup.io { () throws(Failure) in try reader.nextRow() }
            }
            rows += try await finish(table, of: tenant, script)
            tables += 1
        }
        return TenantBackup.Summary(tables: tables, rows: rows)
    }

    /// Copies a table's rows from another database, in the transactions of both.
    static func copy(
        _ table: BackupTable, of tenant: TenantID, from source: PostgresScript, into target: PostgresScript
    ) async throws(PostgresError) {
        try await begin(table, target)
        try await source.copy(TenantBackup.select(table, of: tenant), to: target, "COPY pg_temp.loaded FROM STDIN")
        try await finish(table, of: tenant, target)
    }

    /// Rows are first copied into a temporary table: COPY FROM does not work with row-level security.
    private static func begin(_ table: BackupTable, _ script: PostgresScript) async throws(PostgresError) {
        try await script.run("SET LOCAL ROLE NONE")
        try await script.run(
            """
            CREATE TEMP TABLE loaded ON COMMIT DROP AS SELECT \(table.columnList) FROM tenon."\(table.name)" LIMIT 0;
            GRANT SELECT ON pg_temp.loaded TO PUBLIC
            """)
    }

    /// Moves the rows into the table itself, and answers how many there were; a row of another tenant refuses them all.
    @discardableResult
    private static func finish(
        _ table: BackupTable, of tenant: TenantID, _ script: PostgresScript
    ) async throws(PostgresError) -> Int64 {
        let id = Scope.uuidText(tenant)
        try await script.run(asOwner)
        let foreign = try await script.run(
            "SELECT count(*) FILTER (WHERE tenant_id IS DISTINCT FROM $1::uuid), count(*) FROM pg_temp.loaded", [id])
        guard foreign.first?[0] == "0" else {
            throw .refused(.backup("The backup holds rows of another tenant in \(table.name): nothing was restored."))
        }
        try await script.run(
            """
            INSERT INTO tenon."\(table.name)" (\(table.columnList)) SELECT \(table.columnList) FROM pg_temp.loaded
            """)
        try await script.run("SET LOCAL ROLE NONE")
        try await script.run("DROP TABLE pg_temp.loaded")
        try await script.run(asOwner)
        return foreign.first?[1].flatMap { Int64($0) } ?? 0
    }
}
