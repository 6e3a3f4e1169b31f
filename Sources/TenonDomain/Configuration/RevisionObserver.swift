internal import Synchronization

/// Is notified of changed namespaces.
public protocol RevisionObserver: Sendable {
    /// The namespace has reached the revision; `Namespace.removedRevision` if it was deleted. For changes of this
    /// process it is called after the commit and before the writer gets its response. Revisions can arrive twice, late,
    /// and out of order.
    func namespace(_ id: NamespaceID, reached revision: Int64)

    /// The outcome of a commit of this process is unknown: the namespace may have reached the revision, may reach it
    /// later, or never. Called before the writer gets its response.
    func namespace(_ id: NamespaceID, mayHaveReached revision: Int64)
}

extension Namespace {
    /// The revision of a deleted namespace.
    public static let removedRevision = Int64.max
}

/// Notifies several observers, which can join at any time.
public final class RevisionObservers: RevisionObserver {
    private let all: Mutex<[any RevisionObserver]>

    public init(_ all: [any RevisionObserver] = []) {
        self.all = Mutex(all)
    }

    public func add(_ observer: any RevisionObserver) {
        all.withLock { $0.append(observer) }
    }

    public func namespace(_ id: NamespaceID, reached revision: Int64) {
        for observer in all.withLock({ $0 }) { observer.namespace(id, reached: revision) }
    }

    public func namespace(_ id: NamespaceID, mayHaveReached revision: Int64) {
        for observer in all.withLock({ $0 }) { observer.namespace(id, mayHaveReached: revision) }
    }
}

/// Changes by other processes.
public enum RevisionNews: Sendable, Equatable {
    case reached(NamespaceID, Int64)
    /// From now on changes may be missed.
    case lost
    /// From now on changes are received; earlier ones are unknown.
    case listening
}

/// Reports changes by other processes, of all tenants. The news are hints; `revisions` is authoritative.
public protocol RevisionFeed: Sendable {
    /// For one reader; begins with `listening` as soon as changes are received. Ends with the adapter.
    func news() -> AsyncStream<RevisionNews>

    /// The revision of each namespace, `Namespace.removedRevision` for a deleted one; omits those that cannot be read
    /// now.
    func revisions(of namespaces: [NamespaceID]) async throws(Failure) -> [NamespaceID: Int64]
}
