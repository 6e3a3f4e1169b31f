internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// The whole stored state as one value: a transaction works on a copy and stores it back.
struct MemoryState: Sendable {
    var tenants = MemoryRows<Tenant>()
    var users = MemoryRows<User>()
    var sessions = MemoryRows<Session>()
    var passwordResets: [UserID: [PasswordReset]] = [:]
    var attempts: [[UInt8]: MemoryAttempts] = [:]
    /// The last successful sign-in under a digest.
    var knownSignIns: [[UInt8]: Timestamp] = [:]
    var ssoConnections = MemoryRows<SSOConnection>()
    var userIdentities: [IdentityPath: UserIdentity] = [:]
    /// By tenant and digest, with their expiry.
    var spentStates: [TenantID: [[UInt8]: Timestamp]] = [:]
    var roles = MemoryRows<TenantRole>()
    var policies = MemoryRows<Policy>()
    var namespaces = MemoryRows<Namespace>()
    /// Every version of every entry, oldest first.
    var histories: [EntryPath: [ConfigEntry]] = [:]
    var references: [TenantID: [ConfigAddress: Set<ConfigAddress>]] = [:]
    /// The namespaces that a transaction changed, for observers.
    var revised: [NamespaceID: Int64] = [:]
    /// The credentials that a transaction revoked, for observers.
    var roleVersionFloors: [TenantID: Int64] = [:]
    var accessChanges: [AccessChange] = []
    var dataKeys: [WrappedDataKey] = []
    var signingKeys: [StoredSigningKey] = []
    var outbox: [MemoryOutboxRow] = []
    var audit: [AuditRecord] = []
    /// The records without a link; no empty lists.
    var unlinked: [TenantID: [AuditRecord]] = [:]
    var auditLinks: [TenantID: [AuditLink]] = [:]
    var auditHeads: [TenantID: [AuditHead]] = [:]
    var auditKeys: [AuditKey] = []
    var replies: [ClaimPath: KeptReply] = [:]
    var apiKeys = MemoryRows<APIKey>()
    /// Each with its expiry.
    var seenSignatures: [ClaimPath: Timestamp] = [:]
    var tenantDatabases: [TenantID: TenantDatabase] = [:]
}

struct ClaimPath: Hashable {
    let tenant: TenantID
    let claim: [UInt8]
}

struct IdentityPath: Hashable {
    let connection: SSOConnectionID
    let subject: [UInt8]
}

struct EntryPath: Hashable {
    let namespace: NamespaceID
    let key: ConfigKey
}

struct MemoryOutboxRow {
    let event: OutboxEvent
    var deliveredAt: Timestamp?
}

/// The state behind a lock that is never held across a suspension.
final class MemoryTables: Sendable {
    private let state: Mutex<MemoryState>

    init(_ state: MemoryState = MemoryState()) {
        self.state = Mutex(state)
    }

    func read<Result: Sendable, E: Error>(
        _ body: (borrowing MemoryState) throws(E) -> Result
    ) throws(E) -> Result {
        try state.withLock { state throws(E) in try body(state) }
    }

    func change<Result: Sendable, E: Error>(
        _ body: (inout MemoryState) throws(E) -> Result
    ) throws(E) -> Result {
        try state.withLock { state throws(E) in try body(&state) }
    }
}
