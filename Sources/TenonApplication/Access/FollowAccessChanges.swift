public import TenonDomain

/// Tells the observers of this process what other processes did to credentials.
///
/// News come at once and may be lost. So once a second the changes of the last minute are asked for; at the start those
/// that a token which still lives may be older than.
public struct FollowAccessChanges: Sendable {
    private static let interval = Duration.seconds(1)
    /// Longer than any transaction takes from its change to its commit.
    private static let window = Duration.seconds(60)

    private let feed: any AccessFeed
    private let observer: any AccessObserver
    /// How long a change matters: the life of a token, and what clocks differ by.
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

    /// A change is told twice, a second apart: one of a tenant with a database of its own can be heard of before it is
    /// committed there, when memory would take up again what it makes void. What cannot be asked is asked again, as far
    /// back as it takes.
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
