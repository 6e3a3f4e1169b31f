public import TenonDomain

extension TenantBackup {
    /// Replaces a tenant's rows by those of a backup of the same tenant. The file is checked in full before anything is
    /// changed.
    ///
    /// In the shared database this is one transaction. A tenant's own database is made anew beside the old one, and
    /// takes its name when it is complete; nobody can write to the old one from the moment its audit log is copied.
    ///
    /// The audit log is never restored: it keeps all that it has. Access tokens and cached rows of the tenant are void
    /// within a second.
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
            let registry = try await PostgresScript.open(migrating, seeing: tenant)
            // Until this session ends nobody else restores the tenant, or makes or removes its database.
            try await registry.run(
                "SELECT pg_advisory_lock(hashtextextended($1, 0))", [TenantDatabase.name(of: tenant)])
            guard let own = try await usableDatabase(of: tenant) else {
                return try await replaceRows(of: tenant, from: path, registry)
            }
            return try await OwnDatabaseRestore(own, migrating: migrating, database, registry).run(from: path)
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

    /// Of a tenant whose rows stand in the shared database.
    private func replaceRows(
        of tenant: TenantID, from path: String, _ script: PostgresScript
    ) async throws(PostgresError) -> Summary {
        let keys = try await RestoredKeys.hold(tenant, script)
        try await script.run("BEGIN; \(RestoredRows.asOwner)")
        let id = Scope.uuidText(tenant)
        let before = try await CachedTenantState.read(script, id)
        for table in try await TenantTables.all(script).reversed() where !TenantTables.isAppendOnly(table.name) {
            try await script.run("DELETE FROM tenon.\"\(table.name)\" WHERE tenant_id = $1::uuid", [id])
        }
        for table in TenantTables.forgotten.sorted() {
            try await script.run("DELETE FROM tenon.\"\(table)\" WHERE tenant_id = $1::uuid", [id])
        }
        let summary = try await RestoredRows.load(path, of: tenant, into: script) { !TenantTables.isAppendOnly($0) }
        try await keys.requireAll(script, id)
        let after = try await before.outdate(script, id)
        try await before.announce(after, of: tenant, script)
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
