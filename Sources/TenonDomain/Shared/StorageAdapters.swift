/// Every adapter of one storage technology. Memory has one implementation and PostgreSQL has one; an assembly
/// runs on both.
public protocol StorageAdapters: Sendable {
    /// What the adapters were made with. Observers that join it hear of every commit.
    var process: ProcessDependencies { get }

    // Keys, which are opened before tenants' rows can be read.
    var dataKeys: any DataKeys { get }
    var signingKeys: any SigningKeys { get }
    var dataKeyRotation: any DataKeyRotation { get }
    var signingKeyRotation: any SigningKeyRotation { get }
    var sealedCells: any SealedCells { get }

    /// Transactions on the rows of tenants.
    func transactions(_ keys: StorageKeys) -> any Transactions
    /// Transactions where tenants themselves and their keys are kept, also if a tenant has its own database.
    func registry(_ keys: StorageKeys) -> any Transactions
    func directory(_ digests: any KeyedDigests) -> any Directory

    var signInAttempts: any SignInAttempts { get }
    var seenSignatures: any SeenSignatures { get }
    var tenantCatalog: any TenantCatalog { get }
    var tenantErasure: any TenantErasure { get }
    var tenantDatabaseQueue: any TenantDatabaseQueue { get }
    var tenantDatabaseCluster: any TenantDatabaseCluster { get }
    var accessFeed: any AccessFeed { get }
    var revisionFeed: any RevisionFeed { get }
    var rateLedger: any RateLedger { get }
    var auditChain: any AuditChain { get }
    var outbox: any Outbox { get }
    var probes: [any HealthProbe] { get }

    // Rows that no other port of this list purges.
    var keptReplies: any ExpiredRows { get }
    var endedSessions: any ExpiredRows { get }
    var passwordResets: any ExpiredRows { get }

    /// Keeps connections usable until the task is cancelled, then closes them. Throws if the storage cannot continue.
    func run() async throws(Failure)
    /// Closes everything that was opened, if `run` was never called.
    func close() async
}

extension StorageAdapters {
    /// Everything that is purged once it has expired.
    public var expiredRows: [any ExpiredRows] {
        [
            outbox, rateLedger, accessFeed, signInAttempts, seenSignatures, keptReplies, endedSessions, passwordResets,
        ]
    }
}

/// What the storage needs of the opened keys.
public struct StorageKeys: Sendable {
    /// For lookups without plain values.
    public let digests: any KeyedDigests
    /// Seals what the audit log says of events.
    public let audit: AuditSealer

    public init(digests: any KeyedDigests, audit: AuditSealer) {
        self.digests = digests
        self.audit = audit
    }
}
