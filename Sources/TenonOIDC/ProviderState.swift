internal import TenonDomain
internal import TenonKit

/// The known state of one provider, and when to ask it again. A value without I/O: it returns the next step, and is
/// told the outcome. Times are from `WallClock.steady`.
struct ProviderState: Sendable {
    enum Step: Sendable, Equatable {
        case use(ProviderSnapshot)
        /// Ask the provider, then call `fetched`, `failed` or `wasNotAsked`.
        case fetch
        /// A request is in progress; wait for its outcome.
        case join
        /// It failed a moment ago, and nothing is known.
        case refuse
    }

    /// The default lifetime; and the minimum and maximum of the provider's own.
    static let standardLife = Duration.seconds(3600)
    static let lives = Duration.seconds(60)...Duration.seconds(86_400)
    /// The pause after a failure.
    static let pause = Duration.seconds(5)
    /// The minimum interval of requests caused by unknown keys.
    static let pauseOfUnknownKeys = Duration.seconds(60)

    private(set) var snapshot: ProviderSnapshot?
    private(set) var isFetching: Bool
    private var freshUntil: Timestamp?
    private var failedAt: Timestamp?
    private var searchedAt: Timestamp?

    init(isFetching: Bool = false) {
        self.isFetching = isFetching
    }

    /// A caller needs the provider.
    mutating func need(at now: Timestamp) -> Step {
        if let snapshot, let freshUntil, now < freshUntil { return .use(snapshot) }
        return fetch(unless: isRecent(failedAt, Self.pause, now))
    }

    /// A caller has a token with a key that the snapshot does not have.
    mutating func needUnknownKey(at now: Timestamp) -> Step {
        let step = fetch(unless: isRecent(searchedAt, Self.pauseOfUnknownKeys, now))
        if step == .fetch { searchedAt = now }
        return step
    }

    /// `life` is the provider's cache lifetime.
    mutating func fetched(_ new: ProviderSnapshot, life: Duration?, at now: Timestamp) {
        isFetching = false
        snapshot = new
        failedAt = nil
        freshUntil = now + min(max(life ?? Self.standardLife, Self.lives.lowerBound), Self.lives.upperBound)
    }

    /// Known data stays: a provider that is down for a while has not changed its keys.
    mutating func failed(at now: Timestamp) {
        isFetching = false
        failedAt = now
    }

    /// The provider itself did not fail, and the next caller may ask at once.
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
