/// How long somebody waits who has tried too often: nothing for the first attempts, then twice as long each time, up to a
/// bound, so that nobody is kept out for ever.
public struct AttemptPolicy: Sendable, Equatable {
    /// After this long without an attempt the count begins anew.
    public static let memory = Duration.seconds(3600)

    public let free: Int
    public let longest: Duration

    public init(free: Int, longest: Duration) {
        self.free = free
        self.longest = longest
    }

    /// How long the next attempt has to wait behind that many.
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

    public init(digest: [UInt8], policy: AttemptPolicy) {
        self.digest = digest
        self.policy = policy
    }
}

/// Counts attempts to prove a password, of all processes together, before a tenant is known.
///
/// Obligations, each with a contract test: of attempts that race no more pass than the policy lets; a blocked attempt is
/// not counted; an hour of silence forgets.
public protocol SignInAttempts: Sendable {
    /// Counts an attempt under each key and answers nil; where one of them is blocked, until when.
    func begin(_ keys: [AttemptKey], at now: Timestamp) async throws(Failure) -> Timestamp?

    /// The attempt was right: forgets the counts of `forgotten` and takes one from those of `lessened`.
    func succeeded(forgotten: [AttemptKey], lessened: [AttemptKey]) async throws(Failure)

    /// Forgets what was not tried for longer than the memory lasts; answers how many.
    func purge(at now: Timestamp) async throws(Failure) -> Int
}
