internal import Synchronization
public import TenonDomain
internal import TenonKit

/// Tells of the changes of a namespace as they happen, in the order of revisions, without gaps and repeats.
public struct WatchNamespace: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        /// What the watcher has seen; nil begins with what happens from now on.
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

    /// `current` answers who the caller is by now: a watch lasts longer than the rules that it began under. It is asked
    /// before anything is told, and nil ends the watch. Fails with `namespaceNotFound`, and for a position that the
    /// namespace has not reached.
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
        // Pages that were read before are another revision's: what has become a secret since is shown in them.
        table.namespace(input.namespace, reached: namespace.revision)
        return watch
    }
}

/// One watcher's place in the history of a namespace. For one task.
public final class NamespaceWatch: Sendable {
    public enum Step: Sendable, Equatable {
        /// Secrets are masked whoever watches; entries that the watcher may not read are left out.
        case changes([ConfigView])
        /// Nothing in this time.
        case nothing
        /// A backup was restored since: what was told may be undone, so that the namespace must be read again. The watch
        /// goes on after what a read from now on shows.
        case reset
        /// The namespace is gone.
        case ended
    }

    private let namespace: NamespaceID
    private let tenant: TenantID
    private let place: Mutex<RevisionPosition>
    private let table: WatchTable
    private let pages: ChangePages
    /// What the watcher may read by now; nil where it is nobody any more.
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

    /// After what was told so far.
    public var position: RevisionPosition { place.withLock { $0 } }

    /// The next changes, at most one page of them, as soon as there are some. `nothing` comes up to a second after the
    /// deadline. Fails with `serviceUnavailable`, upon which it may be called again, with `cancelled`, and with
    /// `notAuthenticated` where the watcher is nobody any more.
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
            // What the namespace said of itself is seen, too.
            place.withLock { $0 = Swift.max($0, .end(of: page.revision)) }
            guard deadline > .now else { return .nothing }
            switch await table.wait(for: namespace, beyond: page.revision, until: deadline) {
            case .reached: continue
            case .timedOut: return .nothing
            case .cancelled: throw Failure(.cancelled, "The watcher went away.")
            }
        }
    }
}
