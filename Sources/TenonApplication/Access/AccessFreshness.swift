internal import Synchronization

/// Whether this process hears what other processes do to credentials. While it does not, nothing about credentials is
/// answered from memory: what is known of tenants, policies and API keys is read for every request, and the session and
/// the user of an access token are looked at.
public final class AccessFreshness: Sendable {
    /// How long memory is believed without an answer of the feed.
    static let patience = Duration.seconds(5)

    private let answeredAt = Mutex<ContinuousClock.Instant?>(nil)

    public init() {}

    /// True, too, while nobody follows the feed: then this is the only process.
    var isCurrent: Bool { isCurrent(at: .now) }

    func isCurrent(at now: ContinuousClock.Instant) -> Bool {
        answeredAt.withLock { answeredAt in
            guard let answeredAt else { return true }
            return now - answeredAt < Self.patience
        }
    }

    /// The feed answered what had been done until then.
    func answered(at moment: ContinuousClock.Instant) {
        answeredAt.withLock { $0 = moment }
    }

    /// From now on the feed is followed.
    func begin(at now: ContinuousClock.Instant) {
        answeredAt.withLock { $0 = $0 ?? now }
    }
}
