public import TenonDomain

/// Transactions on leases: begin and set the tenant, the body, outbox and audit rows, commit.
public struct PostgresTransactions: Transactions {
    private static let attempts = 4

    private let database: PostgresDatabase
    private let digests: any KeyedDigests
    private let auditSealer: AuditSealer
    private let clock: any WallClock
    private let identifiers: Identifiers
    private let revisions: any RevisionObserver
    private let access: any AccessObserver
    private let accessSender: NotificationSender
    private let eventSender: NotificationSender
    private let revisionSender: NotificationSender
    private let schemas = StoredSchemas()
    private let heavy: (any HeavyWork)?
    private let place: Place

    /// Where transactions begin.
    public enum Place: Sendable {
        /// In the database that holds the tenant's rows, be it shared or the tenant's own.
        case tenant
        /// In the shared database, where tenants themselves and their keys are kept: for commands on tenants.
        case registry
    }

    /// `auditSealer` seals what the audit log says of events; `revisions` hears of every namespace that a commit has
    /// changed, `access` of every credential that one made void. Tenants' policies
    /// are compiled by `heavy`, else where they are read.
    public init(
        _ database: PostgresDatabase, digests: any KeyedDigests, auditSealer: AuditSealer, clock: any WallClock,
        identifiers: Identifiers, revisions: any RevisionObserver = RevisionObservers(),
        access: any AccessObserver = AccessObservers(), heavy: (any HeavyWork)? = nil, place: Place = .tenant
    ) {
        self.place = place
        self.database = database
        self.digests = digests
        self.auditSealer = auditSealer
        self.clock = clock
        self.identifiers = identifiers
        self.revisions = revisions
        self.access = access
        self.heavy = heavy
        accessSender = NotificationSender(database, channel: Notifications.access)
        eventSender = NotificationSender(database, channel: Notifications.outbox)
        revisionSender = NotificationSender(database, channel: Notifications.revisions)
    }

    public func reads(in tenant: TenantID) -> any Stores {
        let registry = database.reads(in: tenant)
        return PostgresStores(
            scope: PostgresScope(
                runner: place == .registry ? registry : database.router.reads(in: tenant), tenant: tenant,
                digests: digests, directory: nil),
            registry: registry, router: place == .registry ? nil : database.router, schemas: schemas, heavy: heavy,
            pending: nil)
    }

    public func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        var attempt = 1
        while true {
            do {
                return try await writeOnce(in: tenant, as: caller, body)
            } catch {
                guard let cause = error.cause as? PostgresError, cause.isCollision, attempt < Self.attempts else {
                    throw error
                }
                attempt += 1
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 * attempt))))
            }
        }
    }

    public func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller, revising namespace: NamespaceID?,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard let namespace else { return try await write(in: tenant, as: caller, body) }
        return try await database.namespaceTurns.take(namespace, of: tenant, as: caller) { () async throws(Failure) in
            try await write(in: tenant, as: caller, body)
        }
    }

    private func writeOnce<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard place == .tenant else { return try await write(in: tenant, as: caller, database.connections, nil, body) }
        return try await database.router.use(tenant, refusal: \.failure) { connections, isShared throws(Failure) in
            let directory = isShared ? nil : DirectoryWriter(registry: database.writes(in: tenant), tenant: tenant)
            return try await write(in: tenant, as: caller, connections, directory, body)
        }
    }

    private func write<Result: Sendable>(
        in tenant: TenantID, as caller: Caller, _ connections: PostgresConnections, _ directory: DirectoryWriter?,
        _ body: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await connections.leases.withLease(for: tenant, as: caller) { lease throws(Failure) in
            let runner = TransactionRunner(
                lease: lease, scope: Scope.command(tenant, database.timeout),
                guards: place == .tenant ? [Scope.writing(tenant)] : [])
            let pending = PendingRecords(
                tenant: tenant, caller: caller, now: clock.now(), identifiers: identifiers, sealer: auditSealer)
            let work = PostgresUnitOfWork(
                stores: PostgresStores(
                    scope: PostgresScope(runner: runner, tenant: tenant, digests: digests, directory: directory),
                    registry: directory == nil ? runner : database.reads(in: tenant),
                    router: directory == nil ? nil : database.router, schemas: schemas, heavy: heavy, pending: pending),
                pending: pending)
            let result = try await body(work)
            let last = try await pending.commands()
            guard !Task.isCancelled else { throw PostgresError.cancelled.failure }
            // A COMMIT on its way is not given up with its request: what memory holds depends on the answer.
            try await Task { await finish(runner, last, pending, in: tenant, directory) }.value.get()
            return result
        }
    }
}

extension PostgresTransactions {
    /// Commits, and tells everyone what was changed.
    private func finish(
        _ runner: TransactionRunner, _ last: [Command], _ pending: PendingRecords, in tenant: TenantID,
        _ directory: DirectoryWriter?
    ) async -> Result<Void, Failure> {
        var lost: PostgresError?
        do throws(PostgresError) {
            try await commit(runner, last, pending.accessCommands, directory)
        } catch {
            guard case .outcomeUnknown = error else { return .failure(error.failure) }
            lost = error
        }
        // Hints, which are good for nothing and harmless where nothing was committed.
        if directory != nil, pending.hasRecords { database.unlinked.tell(tenant) }
        if pending.hasEvents { eventSender.send(directory == nil ? "" : tenant.description) }
        if let lost {
            doubt(pending)
            return .failure(lost.failure)
        }
        for change in pending.accessChanges {
            access.changed(change)
            accessSender.send(PostgresAccessFeed.payload(change))
        }
        if let directory { await tellAgain(pending.accessChanges, directory) }
        for (namespace, revision) in pending.revisions {
            revisions.namespace(namespace, reached: revision)
            revisionSender.send(PostgresRevisionFeed.payload(namespace, revision))
        }
        await directory?.finishRemovals()
        return .success(())
    }

    /// Nothing that memory holds may be older than what may be committed. Tokens are not revoked, since a revocation
    /// without its change would lock a user out of this process: like every other process it reads within a second
    /// whether the change was made.
    private func doubt(_ pending: PendingRecords) {
        for change in pending.accessChanges where !change.subject.hasTokens { access.changed(change) }
        for (namespace, revision) in pending.revisions { revisions.namespace(namespace, mayHaveReached: revision) }
    }

    /// Where the tenant has a database of its own, changes that make credentials void are announced in the shared
    /// database before the commit. If the commit then fails, somebody has to sign in again for nothing; the other order
    /// could leave a revoked credential in use.
    private func commit(
        _ runner: TransactionRunner, _ last: [Command], _ access: [Command], _ directory: DirectoryWriter?
    ) async throws(PostgresError) {
        guard let directory else { return try await runner.commit(after: access + last) }
        if !access.isEmpty { _ = try await directory.registry.run(access) }
        try await runner.commit(after: last)
    }

    /// A process that reloaded between the announcement and the commit has cached the old rows. Announce again after
    /// the commit, as new changes; if that fails, its cache expires in a minute.
    private func tellAgain(_ changes: [AccessChange], _ directory: DirectoryWriter) async {
        let commands = changes.map { change in
            PostgresAccessFeed.command(
                AccessChange(id: identifiers.next(), change.subject, epoch: change.epoch), in: directory.tenant)
        }
        if !commands.isEmpty { _ = try? await directory.registry.run(commands) }
    }
}
