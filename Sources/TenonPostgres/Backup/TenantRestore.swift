public import TenonDomain

extension TenantBackup {
    /// Puts a backup's rows in the place of the tenant's, which it has to be of. What it holds is checked before anything
    /// is changed. In the shared database that is one transaction; a database of its own is made anew beside the old one
    /// and takes its name when it is whole. The audit log keeps what it has.
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
        let own = try await ownDatabase(of: tenant)
        if let own, !own.state.isRouted {
            throw .backup("The tenant's database is \(own.state.rawValue): only one in use is restored.")
        }
        do throws(PostgresError) {
            let registry = try await session(migrating, tenant)
            if let own { return try await replace(own, from: path, registry) }
            return try await replaceRows(of: tenant, from: path, registry)
        } catch {
            throw error.failure
        }
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
        try await script.run("BEGIN; \(Self.asOwnerLocally)")
        let id = Scope.uuidText(tenant)
        let before = try await namespaces(script, id)
        for table in try await TenantTables.all(script).reversed() where !TenantTables.isAppendOnly(table.name) {
            try await script.run("DELETE FROM tenon.\"\(table.name)\" WHERE tenant_id = $1::uuid", [id])
        }
        for table in TenantTables.forgotten.sorted() {
            try await script.run("DELETE FROM tenon.\"\(table)\" WHERE tenant_id = $1::uuid", [id])
        }
        let summary = try await load(path, of: tenant, into: script) { !TenantTables.isAppendOnly($0) }
        let after = try await namespaces(script, id)
        try await script.run("COMMIT")
        try await forget(before.union(after), script)
        return summary
    }

    // MARK: - In a database of the tenant's own

    private func replace(
        _ own: TenantDatabase, from path: String, _ registry: PostgresScript
    ) async throws(PostgresError) -> Summary {
        let cluster = PostgresTenantCluster(database, migrating: migrating)
        let (fresh, old) = (Self.freshName(own.name), Self.oldName(own.name))
        try await registry.run("DROP DATABASE IF EXISTS \"\(fresh)\" WITH (FORCE)")
        do throws(Failure) {
            try await cluster.create(fresh)
            _ = try await cluster.migrate(fresh)
        } catch {
            throw .refused(error)
        }
        let script = try await session(migrating.database(fresh), own.tenant)
        let id = Scope.uuidText(own.tenant)
        // What the audit log says since the backup stays, where it can still be read.
        let standing = try? await session(migrating.database(own.name), own.tenant)
        try await script.run("BEGIN; \(Self.asOwnerLocally)")
        let summary = try await load(path, of: own.tenant, into: script) { table in
            standing == nil || !TenantTables.isAppendOnly(table)
        }
        var before: Set<String> = []
        if let standing {
            try await standing.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(Self.asOwnerLocally)")
            for table in try await TenantTables.all(standing) where TenantTables.isAppendOnly(table.name) {
                try await Self.take(table, own.tenant, from: standing, into: script)
            }
            before = try await namespaces(standing, id)
        }
        let after = try await namespaces(script, id)
        try await script.run("COMMIT")
        try await enroll(own.tenant, from: script, registry)
        try await swap(own.name, fresh: fresh, old: old, registry)
        try await forget(before.union(after), registry)
        return summary
    }

    /// What a restore makes, until it takes the name.
    static func freshName(_ name: String) -> String { name + "_restore" }

    /// What had the name before, until the restore is over.
    static func oldName(_ name: String) -> String { name + "_old" }

    private static func take(
        _ table: BackupTable, _ tenant: TenantID, from source: PostgresScript, into target: PostgresScript
    ) async throws(PostgresError) {
        try await begin(table, target)
        try await source.copy(select(table, of: tenant), to: target, "COPY pg_temp.loaded FROM STDIN")
        try await finish(table, of: tenant, target)
    }

    /// The new one takes the name. A process that dies here leaves the tenant without a database until the restore is run
    /// again, and the old one beside it until then.
    private func swap(
        _ name: String, fresh: String, old: String, _ registry: PostgresScript
    ) async throws(PostgresError) {
        let found = try await registry.run("SELECT FROM pg_database WHERE datname = $1", [name])
        if !found.isEmpty {
            try await registry.run("DROP DATABASE IF EXISTS \"\(old)\" WITH (FORCE)")
            try await registry.run("ALTER DATABASE \"\(name)\" WITH ALLOW_CONNECTIONS false")
            do throws(PostgresError) {
                try await disconnect(name, registry)
                try await registry.run("ALTER DATABASE \"\(name)\" RENAME TO \"\(old)\"")
            } catch {
                _ = try? await registry.run("ALTER DATABASE \"\(name)\" WITH ALLOW_CONNECTIONS true")
                throw error
            }
        }
        try await disconnect(fresh, registry)
        try await registry.run("ALTER DATABASE \"\(fresh)\" RENAME TO \"\(name)\"")
        try await registry.run("DROP DATABASE IF EXISTS \"\(old)\" WITH (FORCE)")
    }

    /// Waits for them to be gone: a database in use is not renamed.
    private func disconnect(_ name: String, _ registry: PostgresScript) async throws(PostgresError) {
        for _ in 0..<200 {
            let left = try await registry.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name])
            if left.isEmpty { return }
            try? await Task.sleep(for: .milliseconds(25))
        }
    }

    /// The directory finds what stands there now, and nothing that does not.
    private func enroll(
        _ tenant: TenantID, from script: PostgresScript, _ registry: PostgresScript
    ) async throws(PostgresError) {
        let id = Scope.uuidText(tenant)
        try await registry.run("BEGIN; CREATE TEMP TABLE enrolled (LIKE tenon.directory_entries) ON COMMIT DROP")
        for kind in DirectoryKind.allCases {
            try await script.copy(
                """
                COPY (SELECT '\(kind.rawValue)', digest, tenant_id, id FROM (\(kind.source)) s
                    WHERE tenant_id = '\(id)' AND digest IS NOT NULL) TO STDOUT
                """, to: registry, "COPY pg_temp.enrolled FROM STDIN")
        }
        try await registry.run("GRANT SELECT ON pg_temp.enrolled TO PUBLIC; \(Self.asOwnerLocally)")
        try await registry.run("DELETE FROM tenon.directory_entries WHERE tenant_id = $1::uuid", [id])
        try await registry.run(
            "INSERT INTO tenon.directory_entries SELECT * FROM pg_temp.enrolled ON CONFLICT DO NOTHING")
        try await registry.run("COMMIT")
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

    private func namespaces(_ script: PostgresScript, _ id: String) async throws(PostgresError) -> Set<String> {
        Set(
            try await script.run("SELECT id FROM tenon.namespaces WHERE tenant_id = $1::uuid", [id]).compactMap {
                $0[0]
            })
    }

    /// Every process forgets what it keeps of them: revisions have gone back.
    private func forget(_ namespaces: Set<String>, _ registry: PostgresScript) async throws(PostgresError) {
        for text in namespaces {
            guard let id = Scope.id(uuidText: text).map({ NamespaceID(high: $0.high, low: $0.low) }) else { continue }
            let payload = PostgresRevisionFeed.payload(id, Namespace.removedRevision)
            try await registry.run("SELECT pg_notify($1, $2)", [Notifications.revisions, payload])
        }
    }
}
