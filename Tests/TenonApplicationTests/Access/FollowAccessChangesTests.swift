import Synchronization
import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct FollowAccessChangesTests {
    @Test("a change that can be heard of before it is committed is told again a second later, and then no more")
    func twice() async throws {
        let ids = Identifiers.forTests()
        let change = AccessChange(id: ids.next(), .user(ids.next()), epoch: 2)
        let feed = StandingFeed(change)
        let heard = Heard()
        let follow = FollowAccessChanges(feed: feed, observer: heard, accessTokens: .seconds(60))
        let running = Task { await follow.run() }
        defer { running.cancel() }
        try await until { feed.asked >= 4 }
        #expect(heard.all == [change, change])
    }
}

/// Answers the same change whenever it is asked.
private final class StandingFeed: AccessFeed {
    private let change: AccessChange
    private let count = Atomic<Int>(0)

    init(_ change: AccessChange) {
        self.change = change
    }

    var asked: Int { count.load(ordering: .relaxed) }

    func changes(within time: Duration) async throws(Failure) -> [AccessChange] {
        count.add(1, ordering: .relaxed)
        return [change]
    }

    func news() -> AsyncStream<AccessChange> { AsyncStream { $0.finish() } }

    func purge(at now: Timestamp) async throws(Failure) -> Int { 0 }
}

private final class Heard: AccessObserver {
    private let changes = Mutex<[AccessChange]>([])

    var all: [AccessChange] { changes.withLock { $0 } }

    func changed(_ change: AccessChange) { changes.withLock { $0.append(change) } }
}
