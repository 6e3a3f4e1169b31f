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

    /// Until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen() }
            group.addTask { await ask() }
            await group.waitForAll()
        }
    }

    private func listen() async {
        for await news in feed.news() {
            switch news {
            case .reached(let namespace, let revision): observers.namespace(namespace, reached: revision)
            case .lost: cache.setListening(false)
            case .listening: cache.setListening(true)
            }
        }
    }

    private func ask() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            await askOnce()
        }
    }

    /// Asks for every revision that matters. What cannot be asked is asked again.
    func askOnce() async {
        let now = ContinuousClock.now
        let namespaces = Array(Set(cache.namespaces).union(table.namespaces))
        if !namespaces.isEmpty, let revisions = try? await feed.revisions(of: namespaces) {
            for (namespace, revision) in revisions { observers.namespace(namespace, reached: revision) }
            cache.settle(revisions, askedAt: now)
        }
    }
}
