public import TenonDomain

/// Stores everything in PostgreSQL: on a server, or in a private cluster that it keeps running.
public struct PostgresStorage: StorageAdapters {
    public let process: ProcessDependencies
    public let database: PostgresDatabase
    private let cluster: EmbeddedCluster?
    /// The login that makes and migrates databases of single tenants; nil for the one that serves.
    private let migrating: PostgresConfiguration?

    /// On an open database. `run` keeps the cluster too, which must have been started, and `close` stops it.
    public init(
        _ database: PostgresDatabase, _ process: ProcessDependencies, cluster: EmbeddedCluster? = nil,
        migrating: PostgresConfiguration? = nil
    ) {
        self.database = database
        self.process = process
        self.cluster = cluster
        self.migrating = migrating
    }

    public var dataKeys: any DataKeys { PostgresKeys(database) }
    public var signingKeys: any SigningKeys { PostgresKeys(database) }
    public var dataKeyRotation: any DataKeyRotation {
        PostgresDataKeyRotation(database, clock: process.clock, identifiers: process.identifiers)
    }
    public var signingKeyRotation: any SigningKeyRotation {
        PostgresSigningKeyRotation(database, clock: process.clock, identifiers: process.identifiers)
    }
    public var sealedCells: any SealedCells {
        PostgresSealedCells(database, clock: process.clock, identifiers: process.identifiers)
    }

    public func transactions(_ keys: StorageKeys) -> any Transactions { transactions(keys, at: .tenant) }
    public func registry(_ keys: StorageKeys) -> any Transactions { transactions(keys, at: .registry) }
    public func directory(_ digests: any KeyedDigests) -> any Directory {
        PostgresDirectory(database, digests: digests)
    }

    public var signInAttempts: any SignInAttempts { PostgresSignInAttempts(database) }
    public var seenSignatures: any SeenSignatures { PostgresSeenSignatures(database) }
    public var tenantCatalog: any TenantCatalog { PostgresTenantCatalog(database) }
    public var tenantErasure: any TenantErasure {
        PostgresTenantErasure(database, clock: process.clock, identifiers: process.identifiers)
    }
    public var tenantDatabaseQueue: any TenantDatabaseQueue { PostgresTenantDatabaseQueue(database) }
    public var tenantDatabaseCluster: any TenantDatabaseCluster {
        PostgresTenantCluster(database, migrating: migrating)
    }
    public var accessFeed: any AccessFeed { PostgresAccessFeed(database) }
    public var revisionFeed: any RevisionFeed { PostgresRevisionFeed(database) }
    public var rateLedger: any RateLedger { PostgresRateLedger(database) }
    public var auditChain: any AuditChain { PostgresAuditChain(database) }
    public var outbox: any Outbox { PostgresOutbox(database, clock: process.clock) }
    public var probes: [any HealthProbe] { [PostgresProbe(database)] }

    public var keptReplies: any ExpiredRows { PostgresReplySweeper(database) }
    public var endedSessions: any ExpiredRows { PostgresSessionSweeper(database) }
    public var passwordResets: any ExpiredRows { PostgresPasswordResetSweeper(database) }

    public func run() async throws(Failure) {
        // Not a child task: cancellation would stop the cluster under open connections.
        let supervision = cluster.map { cluster in
            Task { () async -> Result<Void, Failure> in
                defer { database.close() }
                do throws(Failure) {
                    return .success(try await cluster.run())
                } catch {
                    return .failure(error)
                }
            }
        }
        await database.run()
        await close()
        try await supervision?.value.get()
    }

    public func close() async {
        database.close()
        await cluster?.stop()
    }

    private func transactions(_ keys: StorageKeys, at place: PostgresTransactions.Place) -> PostgresTransactions {
        PostgresTransactions(
            database, digests: keys.digests, auditSealer: keys.audit, clock: process.clock,
            identifiers: process.identifiers, revisions: process.revisions, access: process.access,
            heavy: process.heavy, place: place)
    }
}
