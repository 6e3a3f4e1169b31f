internal import Synchronization
public import TenonDomain

/// Notifies this process's observers of credential changes by other processes.
///
/// Notifications arrive at once but can be lost, so the changes of the last minute are also read once a second. On
/// start, all changes are read that are younger than the oldest access token that can still be valid.
public final class FollowAccessChanges: Sendable {
    private static let interval = Duration.seconds(1)
    /// Longer than any transaction takes from its change to its commit.
    private static let window = Duration.seconds(60)

    private struct State {
        var told: Set<AccessChange> = []
        var toldAgain: Set<AccessChange> = []
        var lastAnswer = ContinuousClock.now
    }

    private let feed: any AccessFeed
    private let observer: any AccessObserver
    private let freshness: AccessFreshness
    /// How long a change matters: the lifetime of an access token, and a margin for clocks that differ.
    private let memory: Duration
    private let state = Mutex(State())

    /// `freshness` belongs to the caches that the observer notifies.
    public init(
        feed: any AccessFeed, observer: any AccessObserver, freshness: AccessFreshness = AccessFreshness(),
        accessTokens life: Duration
    ) {
        self.feed = feed
        self.observer = observer
        self.freshness = freshness
        memory = life + Self.window
    }

    /// Reports the changes from before this process started. Await it before the first request is answered.
    public func catchUp() async throws(Failure) {
        let now = ContinuousClock.now
        for change in try await feed.changes(within: memory) { observer.changed(change) }
        freshness.answered(at: now)
    }

    /// Listens and polls until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.listen() }
            group.addTask {
                while (try? await Task.sleep(for: Self.interval)) != nil { try? await self.ask() }
            }
            await group.waitForAll()
        }
    }

    /// Reports notifications until the task is cancelled.
    public func listen() async {
        for await change in feed.news() { observer.changed(change) }
    }

    /// Polls the changes; call it once a second from one task. Fails like the feed; the next call covers missed
    /// changes. Without a response for five seconds nothing about credentials is served from memory.
    ///
    /// Reports each change twice: the first can arrive before the tenant's own database commits, and the cache would
    /// reload the old state.
    public func ask() async throws(Failure) {
        let now = ContinuousClock.now
        freshness.begin(at: now)
        let since = state.withLock { $0.lastAnswer }
        let changes = try await feed.changes(within: min(memory, now - since + Self.window))
        let unheard = state.withLock { state in
            let unheard = changes.filter { !state.toldAgain.contains($0) }
            state.toldAgain = state.told.intersection(changes)
            state.told = Set(changes)
            state.lastAnswer = now
            return unheard
        }
        for change in unheard { observer.changed(change) }
        freshness.answered(at: now)
    }
}
