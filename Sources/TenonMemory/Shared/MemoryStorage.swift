public import TenonDomain

/// Stores everything in the memory of this process: for tests, for embedders, and for `tenon serve --in-memory`.
public struct MemoryStorage: StorageAdapters {
    public let process: ProcessDependencies
    /// Whom the rows belong to; for tests, its audit records too.
    public let memory: MemoryTransactions
    public let rateLedger: any RateLedger = MemoryRateLedger()

    public init(_ process: ProcessDependencies) {
        self.process = process
        memory = MemoryTransactions(
            clock: process.clock, identifiers: process.identifiers, revisions: process.revisions,
            access: process.access)
    }

    public var dataKeys: any DataKeys { MemoryKeys(memory) }
    public var signingKeys: any SigningKeys { MemoryKeys(memory) }
    public var dataKeyRotation: any DataKeyRotation { MemoryKeyRotation(memory) }
    public var signingKeyRotation: any SigningKeyRotation { MemoryKeyRotation(memory) }
    public var sealedCells: any SealedCells { MemorySealedCells(memory) }

    public func transactions(_ keys: StorageKeys) -> any Transactions { memory }
    public func registry(_ keys: StorageKeys) -> any Transactions { memory }
    public func directory(_ digests: any KeyedDigests) -> any Directory { MemoryDirectory(memory) }

    public var signInAttempts: any SignInAttempts { MemorySignInAttempts(memory) }
    public var seenSignatures: any SeenSignatures { MemorySeenSignatures(memory) }
    public var tenantCatalog: any TenantCatalog { MemoryTenantCatalog(memory) }
    public var tenantErasure: any TenantErasure { MemoryTenantCatalog(memory) }
    public var tenantDatabaseQueue: any TenantDatabaseQueue { MemoryTenantDatabaseQueue(memory) }
    public var tenantDatabaseCluster: any TenantDatabaseCluster { MemoryTenantDatabaseCluster() }
    public var accessFeed: any AccessFeed { MemoryAccessFeed() }
    public var revisionFeed: any RevisionFeed { MemoryRevisionFeed(memory) }
    public var auditChain: any AuditChain { MemoryAuditChain(memory) }
    public var outbox: any Outbox { MemoryOutbox(memory, clock: process.clock) }
    public var probes: [any HealthProbe] { [MemoryProbe()] }

    public var keptReplies: any ExpiredRows { MemoryReplySweeper(memory) }
    public var endedSessions: any ExpiredRows { MemorySessionSweeper(memory) }
    public var passwordResets: any ExpiredRows { MemoryPasswordResetSweeper(memory) }

    public func run() async throws(Failure) {
        // A stream without elements ends with its task.
        for await _ in AsyncStream<Never>(Never.self, { _ in }) {}
    }
    public func close() async {}
}
