internal import Synchronization
public import TenonDomain

/// Tells of the changes of a namespace as they happen, in the order of revisions, without gaps and repeats.
public struct WatchNamespace: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        /// What the watcher has seen; nil begins with what happens from now on.
        public let position: RevisionPosition?

        public init(namespace: NamespaceID, after position: RevisionPosition?) {
            self.namespace = namespace
            self.position = position
        }
    }

    private let transactions: any Transactions
    private let authorizer: any Authorizer
    private let table: WatchTable
    private let pages: ChangePages

    public init(
        transactions: any Transactions, authorizer: any Authorizer, sealer: any ValueSealer, table: WatchTable
    ) {
        self.transactions = transactions
        self.authorizer = authorizer
        self.table = table
        pages = ChangePages(transactions: transactions, sealer: sealer)
    }

    /// Fails with `namespaceNotFound`, and for a position that the namespace has not reached.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> NamespaceWatch {
        let tenant = try caller.requireTenant()
        let namespace = try await transactions.reads(in: tenant).configuration.namespace(input.namespace)
        try authorizer.require(Self.permission, on: namespace, as: caller)
        let position = input.position ?? .end(of: namespace.revision)
        guard position.revision <= namespace.revision else {
            throw .invalid("unknown_revision", "The namespace is at revision \(namespace.revision).", at: "?since")
        }
        let watch = NamespaceWatch(of: input.namespace, tenant: tenant, after: position, table, pages)
        // Pages that were read before are another revision's: what has become a secret since is shown in them.
        table.namespace(input.namespace, reached: namespace.revision)
        return watch
    }
}

/// One watcher's place in the history of a namespace. For one task.
public final class NamespaceWatch: Sendable {
    public enum Step: Sendable, Equatable {
        /// Secrets are masked whoever watches.
        case changes([ConfigView])
        /// Nothing in this time.
        case nothing
        /// The namespace is gone.
        case ended
    }

    private let namespace: NamespaceID
    private let tenant: TenantID
    private let place: Mutex<RevisionPosition>
    private let table: WatchTable
    private let pages: ChangePages

    init(
        of namespace: NamespaceID, tenant: TenantID, after position: RevisionPosition, _ table: WatchTable,
        _ pages: ChangePages
    ) {
        self.namespace = namespace
        self.tenant = tenant
        place = Mutex(position)
        self.table = table
        self.pages = pages
        table.join(namespace)
    }

    deinit {
        table.leave(namespace)
    }

    /// Behind what was told so far.
    public var position: RevisionPosition { place.withLock { $0 } }

    /// The next changes, at most one page of them, as soon as there are some. `nothing` comes up to a second behind the
    /// deadline. Fails with `serviceUnavailable`, upon which it may be called again, and with `cancelled`.
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
            if let last = page.changes.last {
                place.withLock { $0 = last.entry.version.position }
                return .changes(page.changes)
            }
            // What the namespace said of itself is seen, too.
            place.withLock { $0 = max($0, .end(of: page.revision)) }
            guard deadline > .now else { return .nothing }
            switch await table.wait(for: namespace, beyond: page.revision, until: deadline) {
            case .reached: continue
            case .timedOut: return .nothing
            case .cancelled: throw Failure(.cancelled, "The watcher went away.")
            }
        }
    }
}
