public import TenonKit

/// The delay after repeated attempts: none for the first ones, then twice as long each time up to a limit, so that no
/// user is locked out forever.
public struct AttemptPolicy: Sendable, Equatable {
    /// The count restarts after this long without an attempt.
    public static let memory = Duration.seconds(3600)
    /// How long a successful sign-in from an address is remembered.
    public static let trust = Duration.seconds(30 * 86_400)

    public let free: Int
    public let longest: Duration

    public init(free: Int, longest: Duration) {
        self.free = free
        self.longest = longest
    }

    /// The delay before the next attempt after that many.
    public func delay(after attempts: Int) -> Duration {
        guard attempts > free else { return .zero }
        return min(longest, .seconds(1 << min(30, attempts - free - 1)))
    }
}

/// A key that attempts are counted under.
public struct AttemptKey: Sendable, Equatable {
    /// A keyed digest, so that the store reveals no names and addresses.
    public let digest: [UInt8]
    public let policy: AttemptPolicy
    /// A caller who succeeded under this digest within `AttemptPolicy.trust` is neither delayed by the key nor counted
    /// under it, so that attempts by others elsewhere do not lock out the user. Nil delays all callers.
    public let exemption: [UInt8]?

    public init(digest: [UInt8], policy: AttemptPolicy, exemption: [UInt8]? = nil) {
        self.digest = digest
        self.policy = policy
        self.exemption = exemption
    }
}

/// Counts password attempts of all processes together, before a tenant is known.
///
/// Requirements, each with a contract test: concurrent attempts do not exceed the policy; a blocked attempt is not
/// counted; the count is deleted after an hour without attempts; a successful caller is exempt from the keys that allow
/// it, and only for the given time.
public protocol SignInAttempts: ExpiredRows {
    /// Counts an attempt under each key and returns nil; if one of them is blocked, returns the end of the delay.
    func begin(_ keys: [AttemptKey], at now: Timestamp) async throws(Failure) -> Timestamp?

    /// The attempt succeeded: deletes the counts of `forgotten`, subtracts one from those of `lessened`, and stores
    /// `exemption`, accurate to a day.
    func succeeded(
        forgotten: [AttemptKey], lessened: [AttemptKey], exemption: [UInt8]?, at now: Timestamp
    ) async throws(Failure)
}
