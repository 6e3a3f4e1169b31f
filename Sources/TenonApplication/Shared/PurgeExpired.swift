public import TenonDomain

/// Forgets what nobody needs any more, of all tenants: events that were delivered long ago, changes of access, counts of
/// attempts, signatures that are too old to be used again, sessions that were over long ago, and kept answers whose requests are no longer repeated.
public struct PurgeExpired: Sendable {
    /// Delivered events stay this long, for whoever looks into a fault.
    public static let eventRetention: Duration = .seconds(24 * 3600)

    /// Sessions stay this long behind their end, so that whoever still comes with a token of theirs is written down.
    static let sessionRetention: Duration = .seconds(86_400)

    private let outbox: any Outbox
    private let replies: any ReplySweeper
    private let signatures: any SeenSignatures
    private let access: FollowAccessChanges
    private let attempts: any SignInAttempts
    private let sessions: any SessionSweeper
    private let clock: any WallClock

    public init(
        outbox: any Outbox, replies: any ReplySweeper, signatures: any SeenSignatures, access: FollowAccessChanges,
        attempts: any SignInAttempts, sessions: any SessionSweeper, clock: any WallClock
    ) {
        self.sessions = sessions
        self.signatures = signatures
        self.access = access
        self.attempts = attempts
        self.outbox = outbox
        self.replies = replies
        self.clock = clock
    }

    /// Answers how many rows there were. One kind that fails does not hold the others up; the first failure is thrown at the
    /// end.
    public func execute() async throws(Failure) -> Int {
        let now = clock.now()
        var tally = Tally()
        await tally.add { () throws(Failure) in try await outbox.purge(deliveredBefore: now - Self.eventRetention) }
        await tally.add { () throws(Failure) in try await access.purge() }
        await tally.add { () throws(Failure) in try await attempts.purge(at: now) }
        await tally.add { () throws(Failure) in try await signatures.forget(expiredBy: now) }
        await tally.add { () throws(Failure) in try await replies.removeReplies(expiredBy: now) }
        await tally.add { () throws(Failure) in
            try await sessions.removeSessions(over: now - Self.sessionRetention)
        }
        if let failure = tally.failure { throw failure }
        return tally.count
    }

    private struct Tally {
        var count = 0
        var failure: Failure?

        mutating func add(_ step: () async throws(Failure) -> Int) async {
            do throws(Failure) {
                count += try await step()
            } catch {
                failure = failure ?? error
            }
        }
    }
}
