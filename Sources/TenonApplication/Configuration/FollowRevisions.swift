public import TenonDomain

/// Notifies this process's cache and watchers of changes by other processes.
///
/// Notifications arrive at once but can be lost with the process or connection that sends them. So the revisions of all
/// namespaces in use here are also read once a second.
public struct FollowRevisions: Sendable {
    private static let interval = Duration.seconds(1)

    private let feed: any RevisionFeed
    private let cache: ConfigCache
    private let table: WatchTable
    private let observers: RevisionObservers

    public init(feed: any RevisionFeed, cache: ConfigCache, table: WatchTable) {
        self.feed = feed
        self.cache = cache
        self.table = table
        observers = RevisionObservers([cache, table])
    }

    /// Listens and polls until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen() }
            group.addTask {
                while (try? await Task.sleep(for: Self.interval)) != nil { try? await ask() }
            }
            await group.waitForAll()
        }
    }

    /// Reports notifications until the task is cancelled.
    public func listen() async {
        for await news in feed.news() {
            switch news {
            case .reached(let namespace, let revision): observers.namespace(namespace, reached: revision)
            case .lost: cache.setListening(false)
            case .listening: cache.setListening(true)
            }
        }
    }

    /// Polls all relevant revisions; call it once a second. Fails like the feed. A namespace without a revision for
    /// five seconds is read from the store until it has one. Watches then only receive notifications.
    public func ask() async throws(Failure) {
        let now = ContinuousClock.now
        cache.beginAsking(at: now)
        let revisions = try await feed.revisions(of: Array(Set(cache.namespaces).union(table.namespaces)))
        for (namespace, revision) in revisions { observers.namespace(namespace, reached: revision) }
        cache.answered(revisions, askedAt: now)
    }
}
