internal import TenonDomain

/// The restore of a tenant that has a database of its own: a new database is made beside the old one, and takes its name
/// when it is whole.
struct OwnDatabaseRestore {
    private let own: TenantDatabase
    private let migrating: PostgresConfiguration
    private let cluster: PostgresTenantCluster
    /// A session in the shared database.
    private let registry: PostgresScript
    private let floor: VersionFloor
    /// How long writes are refused after the restore.
    private let settling: Duration
    private let fresh: String
    private let old: String

    /// Longer than it takes to give the new database its name, which is when the time above begins.
    private static let naming = Duration.seconds(60)

    init(
        _ own: TenantDatabase, of backup: TenantBackup, above floor: VersionFloor, _ registry: PostgresScript
    ) {
        self.own = own
        self.registry = registry
        self.floor = floor
        migrating = backup.migrating
        settling = backup.settling
        cluster = PostgresTenantCluster(backup.database, migrating: backup.migrating)
        fresh = Self.freshName(own.name)
        old = Self.oldName(own.name)
    }

    func run(from path: String) async throws(PostgresError) -> TenantBackup.Summary {
        let standing = try await standingDatabase()
        // A change of keys takes this lock in the tenant's own database first and in the shared one second; the same
        // order here prevents a deadlock.
        if let standing { try await RestoredKeys.lock(own.tenant, standing) }
        let keys = try await RestoredKeys.hold(own.tenant, registry)
        try await registry.dropDatabase(fresh)
        let summary: TenantBackup.Summary
        do throws(PostgresError) {
            summary = try await replace(standing, by: path, keys)
        } catch {
            // The failure is what matters: a copy that stays is removed by the next restore.
            _ = try? await registry.run("ROLLBACK")
            if standing != nil { _ = try? await allowConnections(true) }
            _ = try? await registry.dropDatabase(fresh)
            throw error
        }
        // All is done; what is in the way now is removed by the next restore, or with the tenant.
        _ = try? await registry.dropDatabase(old)
        let script = try await PostgresScript.open(migrating.database(own.name), seeing: own.tenant)
        try await script.run("BEGIN; \(RestoredRows.asOwner)")
        try await floor.bar(script, Scope.uuidText(own.tenant), for: settling)
        try await script.run("COMMIT")
        return summary
    }

    private func replace(
        _ standing: PostgresScript?, by path: String, _ keys: RestoredKeys
    ) async throws(PostgresError) -> TenantBackup.Summary {
        do throws(Failure) {
            try await cluster.create(fresh)
            _ = try await cluster.migrate(fresh)
        } catch {
            throw .refused(error)
        }
        let script = try await PostgresScript.open(migrating.database(fresh), seeing: own.tenant)
        let id = Scope.uuidText(own.tenant)
        try await script.run("BEGIN; \(RestoredRows.asOwner)")
        let summary = try await RestoredRows.load(path, of: own.tenant, into: script) { table in
            standing == nil || !TenantTables.isAppendOnly(table)
        }
        try await keys.requireAll(script, id)
        try await floor.lift(script, id)
        let after = try await CachedTenantState.read(script, id)
        let before =
            if let standing { try await takeLog(from: standing, into: script) } else {
                try await CachedTenantState.known(to: registry, id)
            }
        try await floor.bar(script, id, for: Self.naming)
        try await script.run("COMMIT")
        try await collectDirectoryEntries(from: script)
        for name in standing == nil ? [fresh] : [fresh, own.name] {
            try await allowConnections(false, name)
            try await registry.disconnect(name)
        }
        try await registry.dropDatabase(old)
        // The directory, the announcements and both names change in one commit: a process that dies here leaves either
        // the old state or the new.
        try await registry.run("BEGIN; \(RestoredRows.asOwner)")
        try await replaceDirectoryEntries()
        try await before.announce(after, of: own.tenant, floor, registry)
        try await registry.run("SET LOCAL ROLE NONE")
        if standing != nil { try await registry.run("ALTER DATABASE \"\(own.name)\" RENAME TO \"\(old)\"") }
        try await registry.run("ALTER DATABASE \"\(fresh)\" RENAME TO \"\(own.name)\"")
        try await allowConnections(true)
        try await registry.run("COMMIT")
        return summary
    }

    /// What a restore makes, until it takes the name.
    static func freshName(_ name: String) -> String { name + "_restore" }

    /// What had the name before, until the restore is over.
    static func oldName(_ name: String) -> String { name + "_old" }

    /// A session in the tenant's current database, which holds the audit log. Nil only where the server has no database
    /// of that name. Repairs what an interrupted restore left.
    private func standingDatabase() async throws(PostgresError) -> PostgresScript? {
        let found = try await registry.run(
            "SELECT datname FROM pg_database WHERE datname IN ($1, $2)", [own.name, old]
        ).compactMap { $0[0] }
        guard !found.isEmpty else { return nil }
        if !found.contains(own.name) {
            try await registry.run("ALTER DATABASE \"\(old)\" RENAME TO \"\(own.name)\"")
        }
        try await allowConnections(true)
        return try await PostgresScript.open(migrating.database(own.name), seeing: own.tenant)
    }

    /// Disconnects everybody else, so that no commit is lost, and copies the audit log, with all that was recorded
    /// since the backup.
    private func takeLog(
        from standing: PostgresScript, into script: PostgresScript
    ) async throws(PostgresError) -> CachedTenantState {
        let ours = try await standing.run("SELECT pg_backend_pid()").first?[0] ?? ""
        try await allowConnections(false)
        try await registry.disconnect(own.name, but: ours)
        try await standing.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(RestoredRows.asOwner)")
        for table in try await TenantTables.all(standing) where TenantTables.isAppendOnly(table.name) {
            try await RestoredRows.copy(table, of: own.tenant, from: standing, into: script)
        }
        return try await CachedTenantState.read(standing, Scope.uuidText(own.tenant))
    }

    private func allowConnections(_ isAllowed: Bool, _ name: String? = nil) async throws(PostgresError) {
        try await registry.run("ALTER DATABASE \"\(name ?? own.name)\" WITH ALLOW_CONNECTIONS \(isAllowed)")
    }

    /// Copies the directory's entries for the restored rows into a temporary table, while nobody can connect to the
    /// database that they are from.
    private func collectDirectoryEntries(from script: PostgresScript) async throws(PostgresError) {
        try await registry.run("CREATE TEMP TABLE enrolled (LIKE tenon.directory_entries)")
        for kind in ContextTables.all.flatMap(\.directory) {
            try await script.copy(
                """
                COPY (SELECT '\(kind.name)', digest, tenant_id, id FROM (\(kind.source)) s
                    WHERE tenant_id = '\(Scope.uuidText(own.tenant))' AND digest IS NOT NULL) TO STDOUT
                """, to: registry, "COPY pg_temp.enrolled FROM STDIN")
        }
        try await registry.run("GRANT SELECT ON pg_temp.enrolled TO PUBLIC")
    }

    /// Replaces the tenant's directory entries by the collected ones.
    private func replaceDirectoryEntries() async throws(PostgresError) {
        try await registry.run(
            "DELETE FROM tenon.directory_entries WHERE tenant_id = $1::uuid", [Scope.uuidText(own.tenant)])
        try await registry.run(
            "INSERT INTO tenon.directory_entries SELECT * FROM pg_temp.enrolled ON CONFLICT DO NOTHING")
    }
}
