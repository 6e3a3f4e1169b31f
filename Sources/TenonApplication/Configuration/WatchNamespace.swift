internal import Synchronization
public import TenonDomain

/// Watches the changes of a namespace, in the order of revisions, without gaps and repeats.
public struct WatchNamespace: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        /// The last position that the watcher has seen; nil starts with future changes.
        public let position: RevisionPosition?

        public init(namespace: NamespaceID, after position: RevisionPosition? = nil) {
            self.namespace = namespace
            self.position = position
        }
    }

    private let stores: Reads<any HasConfiguration>
    private let authorizer: any Authorizer
    private let table: WatchTable
    private let pages: ChangePages

    init(
        transactions: any Transactions, authorizer: any Authorizer, sealer: any ValueSealer, table: WatchTable
    ) {
        stores = Reads(transactions) { $0 }
        self.authorizer = authorizer
        self.table = table
        pages = ChangePages(transactions: transactions, sealer: sealer)
    }

    /// `current` returns the caller's current state, because a watch outlives the rules at its start. It is called
    /// before each delivery, and nil ends the watch. Fails with `namespaceNotFound`, and for a future position.
    public func execute(
        _ input: Input, as caller: Caller, current: (@Sendable () async -> Caller?)? = nil
    ) async throws(Failure) -> NamespaceWatch {
        let tenant = try caller.requireTenant()
        let namespace = try await stores.in(tenant).configuration.namespace(input.namespace)
        try authorizer.require(Self.permission, on: namespace, as: caller)
        let position = input.position ?? .end(of: namespace.revision)
        guard position.revision <= namespace.revision else {
            throw .invalid("unknown_revision", "The namespace is at revision \(namespace.revision).", at: "?since")
        }
        let watch = NamespaceWatch(of: input.namespace, tenant: tenant, after: position, table, pages) {
            let caller = if let current { await current() } else { caller }
            return caller.map { PermissionCheck(Self.permission, of: $0, by: authorizer) }
        }
        // Earlier pages belong to another revision: they show values that became secrets since.
        table.namespace(input.namespace, reached: namespace.revision)
        return watch
    }
}

/// One watcher's position in the history of a namespace. For one task.
public final class NamespaceWatch: Sendable {
    public enum Step: Sendable, Equatable {
        /// Secrets are always masked; entries that the watcher may not read are omitted.
        case changes([ConfigView])
        /// No changes in this time.
        case nothing
        /// A backup was restored: earlier changes may be undone, so the namespace must be read again. The watch
        /// continues after the state of a read from now on.
        case reset
        /// The namespace was deleted.
        case ended
    }

    private let namespace: NamespaceID
    private let tenant: TenantID
    private let place: Mutex<RevisionPosition>
    private let table: WatchTable
    private let pages: ChangePages
    /// The watcher's current permission to read; nil if its credentials are no longer valid.
    private let reading: @Sendable () async -> PermissionCheck?

    init(
        of namespace: NamespaceID, tenant: TenantID, after position: RevisionPosition, _ table: WatchTable,
        _ pages: ChangePages, reading: @escaping @Sendable () async -> PermissionCheck?
    ) {
        self.namespace = namespace
        self.tenant = tenant
        place = Mutex(position)
        self.table = table
        self.pages = pages
        self.reading = reading
        table.join(namespace)
    }

    deinit {
        table.leave(namespace)
    }

    /// The position after the delivered changes.
    public var position: RevisionPosition { place.withLock { $0 } }

    /// The next changes, at most one page, as soon as there are any. Returns `nothing` up to a second after the
    /// deadline. Fails with `serviceUnavailable`, after which it can be called again, with `cancelled`, and with
    /// `notAuthenticated` if the watcher's credentials are no longer valid.
    public func next(until deadline: ContinuousClock.Instant) async throws(Failure) -> Step {
        while true {
            let position = position
            let page: ChangePages.Page
            do throws(Failure) {
                page = try await pages.page(
                    of: namespace, in: tenant, after: position, asOf: table.revision(of: namespace))
            } catch {
                guard error.code == .namespaceNotFound else { throw error }
                return .ended
            }
            guard position.revision >= page.restoredRevision else {
                place.withLock { $0 = .end(of: page.revision) }
                return .reset
            }
            if let last = page.changes.last {
                guard let reading = await reading() else { throw Failure(.notAuthenticated, "Sign in again.") }
                place.withLock { $0 = last.entry.version.position }
                var seen: [ConfigView] = []
                for change in page.changes where try reading.passes(change.entry) { seen.append(change) }
                guard seen.isEmpty else { return .changes(seen) }
                guard deadline > .now else { return .nothing }
                continue
            }
            // Changes of the namespace's own properties are visible, too.
            place.withLock { $0 = Swift.max($0, .end(of: page.revision)) }
            guard deadline > .now else { return .nothing }
            switch await table.wait(for: namespace, beyond: page.revision, until: deadline) {
            case .reached: continue
            case .timedOut: return .nothing
            case .cancelled: throw Failure(.cancelled, "The watcher disconnected.")
            }
        }
    }
}
