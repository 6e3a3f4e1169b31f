public import TenonKit

/// How long somebody waits who has tried too often: nothing for the first attempts, then twice as long each time, up to a
/// bound, so that nobody is kept out for ever.
public struct AttemptPolicy: Sendable, Equatable {
    /// After this long without an attempt the count begins anew.
    public static let memory = Duration.seconds(3600)
    /// How long it is remembered who was right from where.
    public static let trust = Duration.seconds(30 * 86_400)

    public let free: Int
    public let longest: Duration

    public init(free: Int, longest: Duration) {
        self.free = free
        self.longest = longest
    }

    /// How long the next attempt has to wait after that many.
    public func delay(after attempts: Int) -> Duration {
        guard attempts > free else { return .zero }
        return min(longest, .seconds(1 << min(30, attempts - free - 1)))
    }
}

/// What attempts are counted under.
public struct AttemptKey: Sendable, Equatable {
    /// Keyed: whoever reads the store learns no name and no address.
    public let digest: [UInt8]
    public let policy: AttemptPolicy
    /// Whoever was right under this digest within `AttemptPolicy.trust` is neither held up by the key nor counted under it,
    /// so that others who try from elsewhere keep nobody out. Nil holds up all.
    public let exemption: [UInt8]?

    public init(digest: [UInt8], policy: AttemptPolicy, exemption: [UInt8]? = nil) {
        self.digest = digest
        self.policy = policy
        self.exemption = exemption
    }
}

/// Counts attempts to prove a password, of all processes together, before a tenant is known.
///
/// Obligations, each with a contract test: of attempts that race no more pass than the policy lets; a blocked attempt is
/// not counted; an hour of silence forgets; who was right is exempt from the keys that say so, and for that long alone.
public protocol SignInAttempts: ExpiredRows {
    /// Counts an attempt under each key and answers nil; where one of them is blocked, until when.
    func begin(_ keys: [AttemptKey], at now: Timestamp) async throws(Failure) -> Timestamp?

    /// The attempt was right: forgets the counts of `forgotten`, takes one from those of `lessened`, and remembers
    /// `exemption` to within a day.
    func succeeded(
        forgotten: [AttemptKey], lessened: [AttemptKey], exemption: [UInt8]?, at now: Timestamp
    ) async throws(Failure)
}
