internal import Synchronization
public import TenonDomain
internal import TenonKit

/// All of Tenon's storage in memory: for tests, for embedders, and for `tenon serve --in-memory`.
///
/// A transaction holds a gate for its whole length and works on a copy of the state: writers run one after another,
/// readers see the last commit, and a body that throws changes nothing.
public final class MemoryTransactions: Transactions {
    let committed = MemoryTables()
    private let gate = Gate(width: 1)
    let clock: any WallClock
    private let identifiers: Identifiers
    private let revisions: any RevisionObserver
    private let access: any AccessObserver
    private let signals = Signals()

    /// `revisions` is notified of every namespace that a commit has changed, `access` of every credential that it
    /// revoked.
    public init(
        clock: any WallClock, identifiers: Identifiers, revisions: any RevisionObserver = RevisionObservers(),
        access: any AccessObserver = AccessObservers()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.revisions = revisions
        self.access = access
    }

    public func reads(in tenant: TenantID) -> any Stores {
        MemoryStores(tables: committed, tenant: tenant)
    }

    public func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await transact(in: tenant, as: caller) { work throws(Failure) in try await body(work) }
    }

    /// The same for adapters of tables that are not part of a unit of work.
    func transact<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (MemoryUnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await gate.enter()
        defer { gate.leave() }
        let work = MemoryUnitOfWork(
            tables: MemoryTables(committed.read { copy $0 }), tenant: tenant, caller: caller, now: clock.now(),
            identifiers: identifiers)
        let result = try await body(work)
        var finished = work.tables.read { copy $0 }
        let revised = finished.revised
        finished.revised = [:]
        let accessChanges = finished.accessChanges
        finished.accessChanges = []
        committed.change { [finished] in $0 = finished }
        for change in accessChanges { access.changed(change) }
        for (namespace, revision) in revised { revisions.namespace(namespace, reached: revision) }
        signals.send()
        return result
    }

    /// Everything in the audit log, in the order of commits.
    public var auditRecords: [AuditRecord] {
        committed.read { $0.audit }
    }

    var hints: AsyncStream<Void> { signals.stream() }

    /// Changes committed state between transactions, so that none of them overwrites it with an older copy.
    func change<Result: Sendable>(
        _ body: @Sendable (inout MemoryState) -> Result
    ) async throws(Failure) -> Result {
        try await gate.enter()
        defer { gate.leave() }
        return committed.change { body(&$0) }
    }
}

/// Wakes the tasks that wait for committed events.
final class Signals: Sendable {
    private let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])

    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    func send() {
        listeners.withLock { listeners in
            listeners.removeAll { listener in
                if case .terminated = listener.yield() { true } else { false }
            }
        }
    }
}

/// The stores of one tenant over some tables: the committed ones, or a transaction's copy.
struct MemoryStores: Stores {
    let tables: MemoryTables
    let tenant: TenantID

    var tenants: any TenantStore { MemoryTenantStore(tables: tables, tenant: tenant) }
    var users: any UserStore { MemoryUserStore(tables: tables, tenant: tenant) }
    var sessions: any SessionStore { MemorySessionStore(tables: tables, tenant: tenant) }
    var configuration: any ConfigStore { MemoryConfigStore(tables: tables, tenant: tenant) }
    var sso: any SSOConnectionStore { MemorySSOConnectionStore(tables: tables, tenant: tenant) }
    var dataKeys: any DataKeys { MemoryDataKeyStore(tables: tables) }
    var access: any AccessStore { MemoryAccessStore(tables: tables, tenant: tenant) }
    var passwordResets: any PasswordResetStore { MemoryPasswordResetStore(tables: tables, tenant: tenant) }
    var apiKeys: any APIKeyStore { MemoryAPIKeyStore(tables: tables, tenant: tenant) }
    var auditLog: any AuditLog { MemoryAuditLog(tables: tables, tenant: tenant) }
    var policies: any PolicyStore { MemoryPolicyStore(tables: tables, tenant: tenant) }
    var tenantDatabases: any TenantDatabases { MemoryTenantDatabases(tables: tables, tenant: tenant) }
}

/// One transaction's copy of the state.
struct MemoryUnitOfWork: UnitOfWork {
    let tables: MemoryTables
    let tenant: TenantID
    let caller: Caller
    let now: Timestamp
    let identifiers: Identifiers

    var replies: any ReplyStore { MemoryReplyStore(tables: tables, tenant: tenant) }
    private var stores: MemoryStores { MemoryStores(tables: tables, tenant: tenant) }
    var tenants: any TenantStore { stores.tenants }
    var users: any UserStore { stores.users }
    var sessions: any SessionStore { stores.sessions }
    var configuration: any ConfigStore { stores.configuration }
    var sso: any SSOConnectionStore { stores.sso }
    var dataKeys: any DataKeys { stores.dataKeys }
    var access: any AccessStore { stores.access }
    var passwordResets: any PasswordResetStore { stores.passwordResets }
    var apiKeys: any APIKeyStore { stores.apiKeys }
    var auditLog: any AuditLog { stores.auditLog }
    var policies: any PolicyStore { stores.policies }
    var tenantDatabases: any TenantDatabases { stores.tenantDatabases }

    func record(_ event: DomainEvent) {
        let row = OutboxEvent(id: identifiers.next(), event, in: tenant, by: caller, at: now)
        tables.change { $0.outbox.append(MemoryOutboxRow(event: row)) }
        audit(event, .success)
    }

    func audit(_ event: DomainEvent, _ outcome: AuditOutcome) {
        let record = AuditRecord(id: identifiers.next(), event, outcome, in: tenant, by: caller, at: now)
        tables.change { state in
            state.audit.append(record)
            state.unlinked[tenant, default: []].append(record)
        }
    }

    func accessChanged(_ subject: AccessSubject, epoch: Int64) {
        let change = AccessChange(id: identifiers.next(), subject, epoch: epoch)
        tables.change { $0.accessChanges.append(change) }
    }
}
