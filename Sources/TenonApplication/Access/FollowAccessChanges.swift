public import TenonDomain

/// Tells the observers of this process what other processes did to credentials.
///
/// Notifications arrive at once but can be lost, so the changes of the last minute are also read once a second. At the
/// start, all changes are read that are younger than the oldest access token that can still be valid.
public struct FollowAccessChanges: Sendable {
    private static let interval = Duration.seconds(1)
    /// Longer than any transaction takes from its change to its commit.
    private static let window = Duration.seconds(60)

    private let feed: any AccessFeed
    private let observer: any AccessObserver
    /// How long a change matters: the lifetime of an access token, and a margin for clocks that differ.
    private let memory: Duration

    public init(feed: any AccessFeed, observer: any AccessObserver, accessTokens life: Duration) {
        self.feed = feed
        self.observer = observer
        memory = life + Self.window
    }

    /// Tells what happened before this process began. To be awaited before the first request is answered.
    public func catchUp() async throws(Failure) {
        for change in try await feed.changes(within: memory) { observer.changed(change) }
    }

    /// Until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await change in feed.news() { observer.changed(change) } }
            group.addTask { await ask() }
            await group.waitForAll()
        }
    }

    /// Reports each change twice, one second apart: the first can arrive before the tenant's own database commits, and
    /// the cache would reload the old state. After a failed read the next one reaches further back, so that nothing is
    /// missed.
    private func ask() async {
        var told: Set<AccessChange> = []
        var toldAgain: Set<AccessChange> = []
        var lastAnswer = ContinuousClock.now
        while (try? await Task.sleep(for: Self.interval)) != nil {
            let now = ContinuousClock.now
            guard let changes = try? await feed.changes(within: min(memory, now - lastAnswer + Self.window)) else {
                continue
            }
            lastAnswer = now
            for change in changes where !toldAgain.contains(change) { observer.changed(change) }
            toldAgain = told.intersection(changes)
            told = Set(changes)
        }
    }
}
