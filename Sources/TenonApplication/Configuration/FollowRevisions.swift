public import TenonDomain

/// Keeps the cache and the watchers of this process told of what other processes change.
///
/// News come at once and may be lost with the process or the connection that should have brought them. So once a second
/// the revisions of all namespaces that matter here are asked for, which is true whatever was heard.
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

    /// Listens and asks until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen() }
            group.addTask {
                while (try? await Task.sleep(for: Self.interval)) != nil { try? await ask() }
            }
            await group.waitForAll()
        }
    }

    /// Tells what is notified, until the task is cancelled.
    public func listen() async {
        for await news in feed.news() {
            switch news {
            case .reached(let namespace, let revision): observers.namespace(namespace, reached: revision)
            case .lost: cache.setListening(false)
            case .listening: cache.setListening(true)
            }
        }
    }

    /// Asks for every revision that matters; to be called once a second. Fails as the feed does. A namespace whose revision
    /// was not answered for five seconds is read from the store until it is. Watches then hear notifications alone.
    public func ask() async throws(Failure) {
        let now = ContinuousClock.now
        cache.beginAsking(at: now)
        let revisions = try await feed.revisions(of: Array(Set(cache.namespaces).union(table.namespaces)))
        for (namespace, revision) in revisions { observers.namespace(namespace, reached: revision) }
        cache.answered(revisions, askedAt: now)
    }
}
