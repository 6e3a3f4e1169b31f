public import TenonDomain

/// A step of opening the storage that an operator wants to know of.
public enum PostgresStorageEvent: Sendable {
    case cluster(EmbeddedClusterEvent)
    /// These migrations were applied; `tenant` has a database of its own.
    case migrated([String], tenant: TenantID?)
    /// The tenant's own database could not be migrated. Only this tenant cannot be served.
    case notMigrated(tenant: TenantID, Failure)
}

extension PostgresStorage {
    public typealias Report = @Sendable (PostgresStorageEvent) -> Void

    /// Connects to a server. With `migrates` the schema is brought up to date first, by the login `migrating` if there is
    /// one; otherwise `schemaOutdated` is thrown where that would be needed. Fails with `serviceUnavailable` where the
    /// server does not answer.
    public static func open(
        _ configuration: PostgresConfiguration, _ process: ProcessDependencies, migrates: Bool = true,
        migrating: PostgresConfiguration? = nil, limits: PostgresLimits = PostgresLimits(),
        report: Report = { _ in }
    ) async throws(Failure) -> PostgresStorage {
        if migrates {
            try await migrate(migrating ?? configuration, report)
        } else {
            try await Migrator(configuration).requireCurrent()
        }
        return PostgresStorage(
            try await PostgresDatabase.open(configuration, limits: limits), process, migrating: migrating)
    }

    /// Starts a private cluster, migrates and opens it. It stops when `run` ends, or with `close`. Fails as
    /// `EmbeddedCluster.start` does.
    public static func open(
        _ settings: EmbeddedClusterSettings, _ process: ProcessDependencies,
        limits: PostgresLimits = PostgresLimits(), report: @escaping Report = { _ in }
    ) async throws(Failure) -> PostgresStorage {
        let cluster = EmbeddedCluster(settings) { report(.cluster($0)) }
        do throws(Failure) {
            let configuration = PostgresConfiguration(parameters: try await cluster.start().parameters)
            try await migrate(configuration, report)
            return PostgresStorage(
                try await PostgresDatabase.open(configuration, limits: limits), process, cluster: cluster)
        } catch {
            await cluster.stop()
            throw error
        }
    }

    /// The shared database first, then those of single tenants.
    private static func migrate(_ configuration: PostgresConfiguration, _ report: Report) async throws(Failure) {
        let applied = try await Migrator(configuration).up()
        if !applied.isEmpty { report(.migrated(applied, tenant: nil)) }
        for outcome in try await TenantMigrator(configuration).up() {
            let tenant = outcome.standing.database.tenant
            switch outcome.result {
            case .success(let names): if !names.isEmpty { report(.migrated(names, tenant: tenant)) }
            case .failure(let failure): report(.notMigrated(tenant: tenant, failure))
            }
        }
    }
}
