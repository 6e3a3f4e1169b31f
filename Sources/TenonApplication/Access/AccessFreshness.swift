internal import Synchronization

/// Whether this process receives credential changes from other processes. If not, nothing about credentials is served
/// from memory: tenants, policies and API keys are read for every request, and the session and the user of an access
/// token are checked.
public final class AccessFreshness: Sendable {
    /// How long cached data is trusted without a response from the feed.
    static let patience = Duration.seconds(5)

    private let answeredAt = Mutex<ContinuousClock.Instant?>(nil)

    public init() {}

    /// Also true if nothing follows the feed: then this is the only process.
    var isCurrent: Bool { isCurrent(at: .now) }

    func isCurrent(at now: ContinuousClock.Instant) -> Bool {
        answeredAt.withLock { answeredAt in
            guard let answeredAt else { return true }
            return now - answeredAt < Self.patience
        }
    }

    /// The feed returned all changes up to then.
    func answered(at moment: ContinuousClock.Instant) {
        answeredAt.withLock { $0 = moment }
    }

    /// From now on the feed is followed.
    func begin(at now: ContinuousClock.Instant) {
        answeredAt.withLock { $0 = $0 ?? now }
    }
}
