public import TenonDomain

extension TenantBackup {
    /// Puts a backup's rows in the place of the tenant's, which it has to be of. What it holds is checked before anything
    /// is changed. In the shared database that is one transaction; a database of its own is made anew beside the old one,
    /// which nobody writes to any more from when its audit log is copied, and takes its name when it is whole. The audit
    /// log keeps what it has. What processes remember of the tenant, access tokens above all, is void within a second.
    ///
    /// Fails with `backupRefused`, or as the database does; then nothing was changed.
    public func restore(_ tenant: TenantID, from path: String) async throws(Failure) -> Summary {
        let header = try BackupReader.verify(path)
        guard header.tenant == tenant else {
            throw .backup("\(path) is a backup of \(header.tenant), not of \(tenant).")
        }
        guard header.schemaVersion == Migrator.newestVersion else {
            throw .backup(
                "\(path) has version \(header.schemaVersion) of the schema, and this is version "
                    + "\(Migrator.newestVersion): restore it with the version of tenon that made it, then migrate.")
        }
        do throws(PostgresError) {
            let registry = try await session(migrating, tenant)
            // Until this session ends nobody else restores the tenant, or makes or removes its database.
            try await registry.run(
                "SELECT pg_advisory_lock(hashtextextended($1, 0))", [TenantDatabase.name(of: tenant)])
            guard let own = try await usableDatabase(of: tenant) else {
                return try await replaceRows(of: tenant, from: path, registry)
            }
            return try await replace(own, from: path, registry)
        } catch {
            throw error.failure
        }
    }

    private func usableDatabase(of tenant: TenantID) async throws(PostgresError) -> TenantDatabase? {
        let own: TenantDatabase?
        do throws(Failure) {
            own = try await ownDatabase(of: tenant)
        } catch {
            throw .refused(error)
        }
        if let own, !own.state.isRouted {
            throw .refused(
                .backup("The tenant's database is \(own.state.rawValue): only one in use is restored."))
        }
        return own
    }

    /// A session that sees the tenant's rows and no other's, whatever roles there are.
    private func session(
        _ configuration: PostgresConfiguration, _ tenant: TenantID
    ) async throws(PostgresError) -> PostgresScript {
        let script = try await PostgresScript.open(configuration)
        try await script.run("SELECT set_config('tenon.tenant_id', $1, false)", [Scope.uuidText(tenant)])
        return script
    }

    // MARK: - In the shared database

    private func replaceRows(
        of tenant: TenantID, from path: String, _ script: PostgresScript
    ) async throws(PostgresError) -> Summary {
        let keys = try await RestoredKeys.hold(tenant, script)
        try await script.run("BEGIN; \(Self.asOwnerLocally)")
        let id = Scope.uuidText(tenant)
        let before = try await RememberedRows.read(script, id)
        for table in try await TenantTables.all(script).reversed() where !TenantTables.isAppendOnly(table.name) {
            try await script.run("DELETE FROM tenon.\"\(table.name)\" WHERE tenant_id = $1::uuid", [id])
        }
        for table in TenantTables.forgotten.sorted() {
            try await script.run("DELETE FROM tenon.\"\(table)\" WHERE tenant_id = $1::uuid", [id])
        }
        let summary = try await load(path, of: tenant, into: script) { !TenantTables.isAppendOnly($0) }
        try await keys.requireAll(script, id)
        let after = try await before.outdate(script, id)
        try await before.announce(after, of: tenant, script)
        try await script.run("COMMIT")
        return summary
    }

    // MARK: - In a database of the tenant's own

    private func replace(
        _ own: TenantDatabase, from path: String, _ registry: PostgresScript
    ) async throws(PostgresError) -> Summary {
        let cluster = PostgresTenantCluster(database, migrating: migrating)
        let (fresh, old) = (Self.freshName(own.name), Self.oldName(own.name))
        let standing = try await standing(own, registry)
        // Of one lock in each of two databases a change of keys takes that of the tenant's own first, and so do we.
        if let standing { try await RestoredKeys.lock(own.tenant, standing) }
        let keys = try await RestoredKeys.hold(own.tenant, registry)
        try await registry.run("DROP DATABASE IF EXISTS \"\(fresh)\" WITH (FORCE)")
        do throws(Failure) {
            try await cluster.create(fresh)
            _ = try await cluster.migrate(fresh)
        } catch {
            throw .refused(error)
        }
        let script = try await session(migrating.database(fresh), own.tenant)
        let id = Scope.uuidText(own.tenant)
        try await script.run("BEGIN; \(Self.asOwnerLocally)")
        let summary = try await load(path, of: own.tenant, into: script) { table in
            standing == nil || !TenantTables.isAppendOnly(table)
        }
        try await keys.requireAll(script, id)
        do throws(PostgresError) {
            var before = RememberedRows()
            if let standing { before = try await takeLog(own, from: standing, into: script, registry) }
            let after = try await before.outdate(script, id)
            try await script.run("COMMIT")
            try await collect(own.tenant, from: script, registry)
            for name in standing == nil ? [fresh] : [fresh, own.name] { try await disconnect(name, registry) }
            try await registry.run("DROP DATABASE IF EXISTS \"\(old)\" WITH (FORCE)")
            // The directory, the news and both names change in one commit: whoever dies here leaves the old or the new.
            try await registry.run("BEGIN; \(Self.asOwnerLocally)")
            try await enroll(own.tenant, registry)
            try await before.announce(after, of: own.tenant, registry)
            try await registry.run("SET LOCAL ROLE NONE")
            if standing != nil { try await registry.run("ALTER DATABASE \"\(own.name)\" RENAME TO \"\(old)\"") }
            try await registry.run("ALTER DATABASE \"\(fresh)\" RENAME TO \"\(own.name)\"")
            try await registry.run("COMMIT")
        } catch {
            _ = try? await registry.run("ROLLBACK")
            if standing != nil { _ = try? await allowConnections(true, own.name, registry) }
            throw error
        }
        try await registry.run("DROP DATABASE IF EXISTS \"\(old)\" WITH (FORCE)")
        return summary
    }

    /// What a restore makes, until it takes the name.
    static func freshName(_ name: String) -> String { name + "_restore" }

    /// What had the name before, until the restore is over.
    static func oldName(_ name: String) -> String { name + "_old" }

    /// A session in the tenant's database as it stands; nil where the server has none of that name, and no other reason: it
    /// holds the audit log. What a restore that died left is put right.
    private func standing(
        _ own: TenantDatabase, _ registry: PostgresScript
    ) async throws(PostgresError) -> PostgresScript? {
        let old = Self.oldName(own.name)
        let found = try await registry.run(
            "SELECT datname FROM pg_database WHERE datname IN ($1, $2)", [own.name, old]
        ).compactMap { $0[0] }
        guard !found.isEmpty else { return nil }
        if !found.contains(own.name) {
            try await registry.run("ALTER DATABASE \"\(old)\" RENAME TO \"\(own.name)\"")
        }
        try await allowConnections(true, own.name, registry)
        return try await session(migrating.database(own.name), own.tenant)
    }

    /// Cuts everybody else off, so that nothing is committed that would be lost, and takes the audit log over. What it
    /// says since the backup stays.
    private func takeLog(
        _ own: TenantDatabase, from standing: PostgresScript, into script: PostgresScript, _ registry: PostgresScript
    ) async throws(PostgresError) -> RememberedRows {
        let ours = try await standing.run("SELECT pg_backend_pid()").first?[0] ?? ""
        try await allowConnections(false, own.name, registry)
        try await disconnect(own.name, but: ours, registry)
        try await standing.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(Self.asOwnerLocally)")
        for table in try await TenantTables.all(standing) where TenantTables.isAppendOnly(table.name) {
            try await Self.take(table, own.tenant, from: standing, into: script)
        }
        return try await RememberedRows.read(standing, Scope.uuidText(own.tenant))
    }

    private func allowConnections(
        _ isAllowed: Bool, _ name: String, _ registry: PostgresScript
    ) async throws(PostgresError) {
        try await registry.run("ALTER DATABASE \"\(name)\" WITH ALLOW_CONNECTIONS \(isAllowed)")
    }

    private static func take(
        _ table: BackupTable, _ tenant: TenantID, from source: PostgresScript, into target: PostgresScript
    ) async throws(PostgresError) {
        try await begin(table, target)
        try await source.copy(select(table, of: tenant), to: target, "COPY pg_temp.loaded FROM STDIN")
        try await finish(table, of: tenant, target)
    }

    /// Waits for them to be gone: a database in use is not renamed.
    private func disconnect(
        _ name: String, but kept: String = "0", _ registry: PostgresScript
    ) async throws(PostgresError) {
        for _ in 0..<200 {
            let left = try await registry.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> $2::int",
                [name, kept])
            if left.isEmpty { return }
            try? await Task.sleep(for: .milliseconds(25))
        }
        throw .refused(.backup("The database \(name) is in use by sessions that do not end."))
    }

    /// What the directory is to find, kept in the session while nobody may be connected to where it is from.
    private func collect(
        _ tenant: TenantID, from script: PostgresScript, _ registry: PostgresScript
    ) async throws(PostgresError) {
        try await registry.run("CREATE TEMP TABLE enrolled (LIKE tenon.directory_entries)")
        for kind in DirectoryKind.allCases {
            try await script.copy(
                """
                COPY (SELECT '\(kind.rawValue)', digest, tenant_id, id FROM (\(kind.source)) s
                    WHERE tenant_id = '\(Scope.uuidText(tenant))' AND digest IS NOT NULL) TO STDOUT
                """, to: registry, "COPY pg_temp.enrolled FROM STDIN")
        }
        try await registry.run("GRANT SELECT ON pg_temp.enrolled TO PUBLIC")
    }

    /// The directory finds what stands there now, and nothing that does not.
    private func enroll(_ tenant: TenantID, _ registry: PostgresScript) async throws(PostgresError) {
        try await registry.run(
            "DELETE FROM tenon.directory_entries WHERE tenant_id = $1::uuid", [Scope.uuidText(tenant)])
        try await registry.run(
            "INSERT INTO tenon.directory_entries SELECT * FROM pg_temp.enrolled ON CONFLICT DO NOTHING")
    }

    // MARK: - Rows

    static let asOwnerLocally = "SELECT set_config('role', 'tenon_owner', true) \(Bootstrap.whereOwnedByRole)"

    private func load(
        _ path: String, of tenant: TenantID, into script: PostgresScript, where isWanted: (String) -> Bool
    ) async throws(PostgresError) -> Summary {
        let known = try await TenantTables.all(script)
        let reader = try Self.io { () throws(Failure) in try BackupReader(path) }
        var (tables, rows): (Int, Int64) = (0, 0)
        while let table = try Self.io({ () throws(Failure) in try reader.nextTable() }) {
            guard known.contains(table) else {
                throw .refused(.backup("\(path) holds a table that this schema does not have: \(table.name)."))
            }
            guard isWanted(table.name) else {
                try Self.io { () throws(Failure) in while try reader.nextRow() != nil {} }
                continue
            }
            try await Self.begin(table, script)
            try await script.copyIn("COPY pg_temp.loaded (\(table.columnList)) FROM STDIN") {
                () throws(PostgresError) in
                try Self.io { () throws(Failure) in try reader.nextRow() }
            }
            rows += try await Self.finish(table, of: tenant, script)
            tables += 1
        }
        return Summary(tables: tables, rows: rows)
    }

    /// Rows come into a table of their own first: COPY knows no row-level security.
    private static func begin(_ table: BackupTable, _ script: PostgresScript) async throws(PostgresError) {
        try await script.run("SET LOCAL ROLE NONE")
        try await script.run(
            """
            CREATE TEMP TABLE loaded ON COMMIT DROP AS SELECT \(table.columnList) FROM tenon."\(table.name)" LIMIT 0;
            GRANT SELECT ON pg_temp.loaded TO PUBLIC
            """)
    }

    /// Takes them over, and answers how many there were; one of another tenant refuses them all.
    @discardableResult
    private static func finish(
        _ table: BackupTable, of tenant: TenantID, _ script: PostgresScript
    ) async throws(PostgresError) -> Int64 {
        let id = Scope.uuidText(tenant)
        try await script.run(asOwnerLocally)
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
        try await script.run(asOwnerLocally)
        return foreign.first?[1].flatMap { Int64($0) } ?? 0
    }
}
