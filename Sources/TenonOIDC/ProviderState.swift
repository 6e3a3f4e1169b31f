internal import TenonDomain
internal import TenonKit

/// What is known of one provider, and when it is asked again. A value without I/O: it says what to do, and is told what
/// came of it. Moments are those of `WallClock.steady`.
struct ProviderState: Sendable {
    enum Step: Sendable, Equatable {
        case use(ProviderSnapshot)
        /// Ask the provider, then say `fetched`, `failed` or `wasNotAsked`.
        case fetch
        /// Somebody asks already; wait for what comes of it.
        case join
        /// It failed a moment ago, and nothing is known.
        case refuse
    }

    /// Without a word of the provider; and what it may say at least and at most.
    static let standardLife = Duration.seconds(3600)
    static let lives = Duration.seconds(60)...Duration.seconds(86_400)
    /// After a failure nobody is asked for so long.
    static let pause = Duration.seconds(5)
    /// A key that nobody knows makes us ask once in so long, whoever makes them up.
    static let pauseOfUnknownKeys = Duration.seconds(60)

    private(set) var snapshot: ProviderSnapshot?
    private(set) var isFetching: Bool
    private var freshUntil: Timestamp?
    private var failedAt: Timestamp?
    private var searchedAt: Timestamp?

    init(isFetching: Bool = false) {
        self.isFetching = isFetching
    }

    /// Somebody needs the provider.
    mutating func need(at now: Timestamp) -> Step {
        if let snapshot, let freshUntil, now < freshUntil { return .use(snapshot) }
        return fetch(unless: isRecent(failedAt, Self.pause, now))
    }

    /// Somebody has a token under a key that the snapshot does not have.
    mutating func needUnknownKey(at now: Timestamp) -> Step {
        let step = fetch(unless: isRecent(searchedAt, Self.pauseOfUnknownKeys, now))
        if step == .fetch { searchedAt = now }
        return step
    }

    /// `life` is what the provider allows caches.
    mutating func fetched(_ new: ProviderSnapshot, life: Duration?, at now: Timestamp) {
        isFetching = false
        snapshot = new
        failedAt = nil
        freshUntil = now + min(max(life ?? Self.standardLife, Self.lives.lowerBound), Self.lives.upperBound)
    }

    /// What was known stays known: a provider that is down for a while has not changed its keys.
    mutating func failed(at now: Timestamp) {
        isFetching = false
        failedAt = now
    }

    /// That says nothing of the provider, and the next one may ask at once.
    mutating func wasNotAsked() {
        isFetching = false
        searchedAt = nil
    }

    private mutating func fetch(unless isPaused: Bool) -> Step {
        if isFetching { return .join }
        guard !isPaused else { return snapshot.map { .use($0) } ?? .refuse }
        isFetching = true
        return .fetch
    }

    private func isRecent(_ moment: Timestamp?, _ pause: Duration, _ now: Timestamp) -> Bool {
        moment.map { now - $0 < pause } ?? false
    }
}
