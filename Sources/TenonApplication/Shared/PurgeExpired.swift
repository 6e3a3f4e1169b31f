public import TenonDomain

/// Forgets what nobody needs any more, of all tenants: events that were delivered long ago, changes of access, counts of
/// attempts, signatures that are too old to be used again, and kept answers whose requests are no longer repeated.
public struct PurgeExpired: Sendable {
    /// Delivered events stay this long, for whoever looks into a fault.
    public static let eventRetention: Duration = .seconds(24 * 3600)

    private let outbox: any Outbox
    private let replies: any ReplySweeper
    private let signatures: any SeenSignatures
    private let access: FollowAccessChanges
    private let attempts: any SignInAttempts
    private let clock: any WallClock

    public init(
        outbox: any Outbox, replies: any ReplySweeper, signatures: any SeenSignatures, access: FollowAccessChanges,
        attempts: any SignInAttempts, clock: any WallClock
    ) {
        self.signatures = signatures
        self.access = access
        self.attempts = attempts
        self.outbox = outbox
        self.replies = replies
        self.clock = clock
    }

    /// Answers how many rows there were.
    public func execute() async throws(Failure) -> Int {
        let now = clock.now()
        let events = try await outbox.purge(deliveredBefore: now - Self.eventRetention)
        let changes = try await access.purge() + (try await attempts.purge(at: now))
        let seen = try await signatures.forget(expiredBy: now)
        return events + changes + seen + (try await replies.removeReplies(expiredBy: now))
    }
}
