internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonKit
internal import TenonMemory
internal import TenonPostgres

/// The storage: PostgreSQL (private or external) or memory.
enum Storage {
    case memory(MemoryTransactions)
    case postgres(PostgresDatabase, EmbeddedCluster?)

    var dataKeys: any DataKeys {
        switch self {
        case .memory(let memory): MemoryKeys(memory)
        case .postgres(let database, _): PostgresKeys(database)
        }
    }

    var signingKeys: any SigningKeys {
        switch self {
        case .memory(let memory): MemoryKeys(memory)
        case .postgres(let database, _): PostgresKeys(database)
        }
    }

    func transactions(
        at place: PostgresTransactions.Place = .tenant, _ keyring: Keyring, _ core: Core
    ) -> any Transactions {
        switch self {
        case .memory(let memory): memory
        case .postgres(let database, _):
            PostgresTransactions(
                database, digests: keyring.digests,
                auditSealer: AuditSealer(
                    sealer: keyring.auditSealer, hashing: OpenSSLChainHash(), randomness: core.randomness),
                clock: core.clock, identifiers: core.identifiers, revisions: core.revisions, access: core.access,
                heavy: core.heavy, place: place)
        }
    }

    var tenantDatabaseQueue: any TenantDatabaseQueue {
        switch self {
        case .memory(let memory): MemoryTenantDatabaseQueue(memory)
        case .postgres(let database, _): PostgresTenantDatabaseQueue(database)
        }
    }

    func tenantDatabaseCluster(_ settings: Settings) throws(Failure) -> any TenantDatabaseCluster {
        switch self {
        case .memory: MemoryTenantDatabaseCluster()
        case .postgres(let database, _):
            PostgresTenantCluster(database, migrating: try settings.migrationConfiguration)
        }
    }

    func directory(digests: any KeyedDigests) -> any Directory {
        switch self {
        case .memory(let memory): MemoryDirectory(memory)
        case .postgres(let database, _): PostgresDirectory(database, digests: digests)
        }
    }

    var signInAttempts: any SignInAttempts {
        switch self {
        case .memory(let memory): MemorySignInAttempts(memory)
        case .postgres(let database, _): PostgresSignInAttempts(database)
        }
    }

    func outbox(_ core: Core) -> any Outbox {
        switch self {
        case .memory(let memory): MemoryOutbox(memory, clock: core.clock)
        case .postgres(let database, _): PostgresOutbox(database, clock: core.clock)
        }
    }

    var auditChain: any AuditChain {
        switch self {
        case .memory(let memory): MemoryAuditChain(memory)
        case .postgres(let database, _): PostgresAuditChain(database)
        }
    }

    /// The rows to delete in addition to the outbox and the rate limits.
    var expiring: [any ExpiredRows] {
        switch self {
        case .memory(let memory):
            [
                MemorySignInAttempts(memory), MemorySeenSignatures(memory), MemoryReplySweeper(memory),
                MemorySessionSweeper(memory), MemoryPasswordResetSweeper(memory),
            ]
        case .postgres(let database, _):
            [
                PostgresAccessFeed(database), PostgresSignInAttempts(database), PostgresSeenSignatures(database),
                PostgresReplySweeper(database), PostgresSessionSweeper(database),
                PostgresPasswordResetSweeper(database),
            ]
        }
    }

    var revisionFeed: any RevisionFeed {
        switch self {
        case .memory(let memory): MemoryRevisionFeed(memory)
        case .postgres(let database, _): PostgresRevisionFeed(database)
        }
    }

    var accessFeed: any AccessFeed {
        switch self {
        case .memory: MemoryAccessFeed()
        case .postgres(let database, _): PostgresAccessFeed(database)
        }
    }

    var seenSignatures: any SeenSignatures {
        switch self {
        case .memory(let memory): MemorySeenSignatures(memory)
        case .postgres(let database, _): PostgresSeenSignatures(database)
        }
    }

    var tenantCatalog: any TenantCatalog {
        switch self {
        case .memory(let memory): MemoryTenantCatalog(memory)
        case .postgres(let database, _): PostgresTenantCatalog(database)
        }
    }

    func tenantErasure(_ core: Core) -> any TenantErasure {
        switch self {
        case .memory(let memory): MemoryTenantCatalog(memory)
        case .postgres(let database, _):
            PostgresTenantErasure(database, clock: core.clock, identifiers: core.identifiers)
        }
    }

    func dataKeyRotation(_ core: Core) -> any DataKeyRotation {
        switch self {
        case .memory(let memory): MemoryKeyRotation(memory)
        case .postgres(let database, _):
            PostgresDataKeyRotation(database, clock: core.clock, identifiers: core.identifiers)
        }
    }

    var rateLedger: any RateLedger {
        switch self {
        case .memory: MemoryRateLedger(now: RateLimiter.nanoseconds)
        case .postgres(let database, _): PostgresRateLedger(database)
        }
    }

    var probe: any HealthProbe {
        switch self {
        case .memory: MemoryProbe()
        case .postgres(let database, _): PostgresProbe(database)
        }
    }

    /// The services that run until shutdown, in starting order.
    var services: [any Service] {
        switch self {
        case .memory: []
        case .postgres(let database, let cluster):
            (cluster.map { [ClusterService(cluster: $0)] } ?? []) + [DatabaseService(database: database)]
        }
    }

    /// Releases everything that `open` acquired if serving never began.
    func abandon() async {
        guard case .postgres(let database, let cluster) = self else { return }
        database.close()
        await cluster?.stop()
    }

    static func open(_ settings: Settings, inMemory: Bool, _ core: Core) async throws(Failure) -> Storage {
        if inMemory {
            return .memory(
                MemoryTransactions(
                    clock: core.clock, identifiers: core.identifiers, revisions: core.revisions, access: core.access))
        }
        let limits = PostgresLimits(
            pipelineConnections: settings.pipelineConnections, leases: settings.poolMaximum,
            tenantDatabases: settings.tenantPools, tenantLeases: settings.tenantPoolMaximum)
        guard let url = settings.databaseURL else { return try await embedded(settings, limits, core) }
        if settings.migrateOnStart {
            try await migrate(try PostgresConfiguration(settings.migrationDatabaseURL ?? url), core)
        } else {
            try await Migrator(try PostgresConfiguration(url)).requireCurrent()
        }
        return .postgres(try await PostgresDatabase.open(try PostgresConfiguration(url), limits: limits), nil)
    }

    private static func embedded(
        _ settings: Settings, _ limits: PostgresLimits, _ core: Core
    ) async throws(Failure) -> Storage {
        let cluster = EmbeddedCluster(settings.cluster) { [logger = core.logger] event in
            logger.info("\(event)")
        }
        do throws(Failure) {
            let configuration = PostgresConfiguration(parameters: try await cluster.start().parameters)
            try await migrate(configuration, core)
            return .postgres(try await PostgresDatabase.open(configuration, limits: limits), cluster)
        } catch {
            await cluster.stop()
            throw error
        }
    }
}

extension Storage {
    /// Migrates the shared database and then the tenants' own. A failure there affects only that tenant.
    private static func migrate(_ configuration: PostgresConfiguration, _ core: Core) async throws(Failure) {
        let applied = try await Migrator(configuration).up()
        if !applied.isEmpty { core.logger.info("migrated", metadata: ["migrations": "\(applied)"]) }
        for outcome in try await TenantMigrator(configuration).up() {
            let tenant = "\(outcome.standing.database.tenant)"
            switch outcome.result {
            case .success(let names):
                if !names.isEmpty {
                    core.logger.info("migrated", metadata: ["tenant": "\(tenant)", "migrations": "\(names)"])
                }
            case .failure(let failure):
                core.logger.error(
                    "migration of a tenant's database failed; the tenant gets 503 until `tenon migrate up` succeeds",
                    metadata: ["tenant": "\(tenant)", "cause": "\(failure.detail)"])
            }
        }
    }
}

extension Settings {
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
