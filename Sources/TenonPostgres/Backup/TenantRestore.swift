public import TenonDomain

extension TenantBackup {
    /// Replaces a tenant's rows by those of a backup of the same tenant. The file is checked in full before anything is
    /// changed.
    ///
    /// In the shared database this is one transaction. A tenant's own database is made anew beside the old one, and
    /// takes its name when it is complete; nobody can write to the old one from the moment its audit log is copied.
    ///
    /// The audit log is never restored: it keeps all that it has. Access tokens and cached rows of the tenant are void
    /// within a second; writes to the tenant fail with `tenantRestoring` until then. No version, revision or entity tag
    /// from before is given out again.
    ///
    /// Fails with `backupRefused`, or as the database does; then nothing was changed.
    public func restore(_ tenant: TenantID, from path: String) async throws(Failure) -> Summary {
        let header = try BackupReader.verify(path)
        guard header.tenant == tenant else {
            throw .backup("\(path) is a backup of \(header.tenant), not of \(tenant).")
        }
        guard (Self.oldestSchemaVersion...Migrator.newestVersion).contains(header.schemaVersion) else {
            throw .backup(
                "\(path) has version \(header.schemaVersion) of the schema, and this is version "
                    + "\(Migrator.newestVersion), which restores versions from \(Self.oldestSchemaVersion) on: restore "
                    + "it with the version of tenon that made it, then migrate.")
        }
        do throws(PostgresError) {
            let registry = try await PostgresScript.open(migrating, seeing: tenant)
            // Until this session ends nobody else restores the tenant, or makes or removes its database.
            try await registry.run(
                "SELECT pg_advisory_lock(hashtextextended($1, 0))", [TenantDatabase.name(of: tenant)])
            let own = try await usableDatabase(of: tenant)
            let floor = try await VersionFloor.raise(registry, of: tenant)
            let summary =
                if let own {
                    try await OwnDatabaseRestore(own, of: self, above: floor, registry).run(from: path)
                } else {
                    try await replaceRows(of: tenant, from: path, floor, registry)
                }
            // Whoever is answered can write.
            try? await Task.sleep(for: settling)
            return summary
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

    /// Of a tenant whose rows stand in the shared database. Background jobs that delete expired rows can still collide
    /// with it, upon which it begins again.
    private func replaceRows(
        of tenant: TenantID, from path: String, _ floor: VersionFloor, _ script: PostgresScript
    ) async throws(PostgresError) -> Summary {
        let keys = try await RestoredKeys.hold(tenant, script)
        var attempt = 1
        while true {
            do throws(PostgresError) {
                return try await replaceRowsOnce(of: tenant, from: path, floor, keys, script)
            } catch {
                guard error.isCollision, attempt < Self.attempts else { throw error }
                attempt += 1
                try await script.run("ROLLBACK")
            }
        }
    }

    private static let attempts = 5

    private func replaceRowsOnce(
        of tenant: TenantID, from path: String, _ floor: VersionFloor, _ keys: RestoredKeys, _ script: PostgresScript
    ) async throws(PostgresError) -> Summary {
        try await script.run("BEGIN; \(RestoredRows.asOwner)")
        let id = Scope.uuidText(tenant)
        // Waits for the transactions that write to the tenant; others are refused from here on. See `begin_write`.
        try await script.run(
            "SELECT pg_advisory_xact_lock(hashtextextended('tenon writes ' || ($1::uuid)::text, 0))", [id])
        let before = try await CachedTenantState.read(script, id)
        for table in try await TenantTables.all(script).reversed() where !TenantTables.isAppendOnly(table.name) {
            try await script.run("DELETE FROM tenon.\"\(table.name)\" WHERE tenant_id = $1::uuid", [id])
        }
        for table in TenantTables.forgotten {
            try await script.run("DELETE FROM tenon.\"\(table)\" WHERE tenant_id = $1::uuid", [id])
        }
        let summary = try await RestoredRows.load(path, of: tenant, into: script) { !TenantTables.isAppendOnly($0) }
        try await keys.requireAll(script, id)
        try await floor.lift(script, id)
        try await before.announce(try await CachedTenantState.read(script, id), of: tenant, floor, script)
        try await floor.bar(script, id, for: settling)
        try await script.run("COMMIT")
        return summary
    }
}

extension PostgresScript {
    /// A session that sees the tenant's rows and no other's, whatever roles there are.
    static func open(
        _ configuration: PostgresConfiguration, seeing tenant: TenantID
    ) async throws(PostgresError) -> PostgresScript {
        let script = try await open(configuration)
        try await script.run("SELECT set_config('tenon.tenant_id', $1, false)", [Scope.uuidText(tenant)])
        return script
    }
}
