internal import Logging
internal import TenonDomain
internal import TenonMemory
internal import TenonPostgres

extension Settings {
    /// Opens what the settings name: memory, a server, or the private cluster, both migrated if they should be.
    func openStorage(
        inMemory: Bool, _ process: ProcessDependencies, _ logger: Logger
    ) async throws(Failure) -> any StorageAdapters {
        if inMemory { return MemoryStorage(process) }
        let limits = PostgresLimits(
            pipelineConnections: pipelineConnections, leases: poolMaximum, tenantDatabases: tenantPools,
            tenantLeases: tenantPoolMaximum)
        guard let databaseURL else {
            return try await PostgresStorage.open(cluster, process, limits: limits) { logger.log($0) }
        }
        return try await PostgresStorage.open(
            try PostgresConfiguration(databaseURL), process, migrates: migrateOnStart,
            migrating: try migrationConfiguration, limits: limits
        ) { logger.log($0) }
    }

    var cluster: EmbeddedClusterSettings {
        var cluster = EmbeddedClusterSettings(dataFolder: dataFolder)
        // One connection to each tenant's database that is kept open, and some of them are written to.
        cluster.maxConnections += 3 * tenantPools
        cluster.binaryFolder = postgresBinaries
        return cluster
    }

    /// The migrating login, for commands; nil for the private cluster.
    var migrationConfiguration: PostgresConfiguration? {
        get throws(Failure) {
            guard let url = migrationDatabaseURL ?? databaseURL else { return nil }
            return try PostgresConfiguration(url)
        }
    }
}

extension Logger {
    fileprivate func log(_ event: PostgresStorageEvent) {
        switch event {
        case .cluster(let event): info("\(event)")
        case .migrated(let names, nil): info("migrated", metadata: ["migrations": "\(names)"])
        case .migrated(let names, let tenant?):
            info("migrated", metadata: ["tenant": "\(tenant)", "migrations": "\(names)"])
        case .notMigrated(let tenant, let failure):
            error(
                "migration of a tenant's database failed; the tenant gets 503 until `tenon migrate up` succeeds",
                metadata: ["tenant": "\(tenant)", "cause": "\(failure.detail)"])
        }
    }
}
