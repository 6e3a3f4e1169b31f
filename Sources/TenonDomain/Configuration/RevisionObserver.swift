internal import Synchronization

/// Hears that namespaces have changed.
public protocol RevisionObserver: Sendable {
    /// The namespace has reached the revision; `Namespace.removedRevision` where it is gone. For changes of this process it is called
    /// after the commit and before whoever wrote is answered. Revisions can come twice, late, and not in their order.
    func namespace(_ id: NamespaceID, reached revision: Int64)

    /// The answer to a commit of this process is lost: the namespace may have reached the revision, may do so later, or
    /// never. Called before the writer is answered.
    func namespace(_ id: NamespaceID, mayHaveReached revision: Int64)
}

extension Namespace {
    /// The revision of a namespace that is gone.
    public static let removedRevision = Int64.max
}

/// Tells several observers, which can join while it is in use.
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

/// News of changes that other processes made.
public enum RevisionNews: Sendable, Equatable {
    case reached(NamespaceID, Int64)
    /// From now on changes may go unheard.
    case lost
    /// From now on they are heard; what happened before is unknown.
    case listening
}

/// Tells of changes that other processes made, of all tenants. The news are hints; what `revisions` answers is true.
public protocol RevisionFeed: Sendable {
    /// For one reader; begins with `listening` where and as soon as changes are heard. Ends with the adapter.
    func news() -> AsyncStream<RevisionNews>

    /// The revision of each, `Namespace.removedRevision` for one that is gone; nothing of those that cannot be asked for
    /// now.
    func revisions(of namespaces: [NamespaceID]) async throws(Failure) -> [NamespaceID: Int64]
}
