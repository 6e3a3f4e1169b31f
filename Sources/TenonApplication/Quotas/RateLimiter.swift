internal import Synchronization
public import TenonDomain

/// Decides from memory whether a request is within its limits, and tells the common account afterwards.
///
/// Addresses are counted by each process for itself: whoever has not signed in makes no rows anywhere.
public final class RateLimiter: Sendable {
    /// More bookings than these go out in several statements.
    private static let batch = 500
    /// Of shares, and of addresses, that are held in memory, each.
    private static let capacity = 1 << 18
    private static let shardCount = 16

    private struct Shares {
        var all: [RateSubject: RateShare] = [:]
        /// Those with something to book.
        var unbooked: [RateSubject] = []
    }

    private final class Shard: Sendable {
        let shares = Mutex(Shares())
        let addresses = Mutex<[IPAddress: GCRA]>([:])
        let failures = Mutex<[IPAddress: GCRA]>([:])
    }

    private let limits: RateLimits
    private let ledger: any RateLedger
    private let now: @Sendable () -> Int64
    private let shards = (0..<shardCount).map { _ in Shard() }

    /// One element where shares run low and the account should be told at once. For one reader.
    public let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// `now` counts the nanoseconds of a clock that never goes back.
    public init(
        limits: RateLimits, ledger: any RateLedger, now: @escaping @Sendable () -> Int64 = RateLimiter.nanoseconds
    ) {
        self.limits = limits
        self.ledger = ledger
        self.now = now
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    private static let origin = ContinuousClock.now

    /// Of this process, from its start.
    public static func nanoseconds() -> Int64 {
        let (seconds, attoseconds) = origin.duration(to: .now).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    // MARK: - Requests

    /// Counts one request of the caller; nil for whoever has no limit, such as a job of ours.
    public func admit(_ caller: Caller) -> RateVerdict? {
        guard let access = caller.access else { return nil }
        switch caller.principal {
        case .user(let user), .platformAdministrator(let user):
            return admit(RateSubject(.user, user.id), of: access.tenant, on: access.plan)
        case .apiKey(let key): return admit(RateSubject(.apiKey, key.id), of: access.tenant, on: access.plan)
        case .anonymous, .system: return nil
        }
    }

    /// Counts one request against the caller's own limit and its tenant's. A caller that is refused by its own takes
    /// nothing of the tenant's.
    public func admit(_ caller: RateSubject, of tenant: TenantID, on plan: TenantPlan) -> RateVerdict {
        let now = now()
        let own = take(caller, of: limits.caller(plan), at: now)
        guard !own.isExceeded else { return RateVerdict(standings: [own]) }
        let common = take(RateSubject(.tenant, tenant), of: limits.tenant(plan), at: now)
        return RateVerdict(standings: [common.isExceeded ? giveBack(own, of: caller, at: now) : own, common])
    }

    /// Counts one request of somebody who has not signed in. Addresses of one IPv6 network of 64 bits are one.
    public func admit(_ address: IPAddress) -> RateVerdict {
        let network = address.subscriber
        return shard(of: network).addresses.withLock { take(&$0, network, at: now()) }
    }

    /// Counts somebody's attempt to prove who they are that failed. Not together with what the address asks without
    /// credentials: whoever does that much can still prove who they are.
    public func noteFailure(from address: IPAddress) {
        let network = address.subscriber
        _ = shard(of: network).failures.withLock { take(&$0, network, at: now()) }
    }

    /// The verdict on one more such attempt, which counts nothing; nil where it may be made.
    public func refusal(ofAttemptFrom address: IPAddress) -> RateVerdict? {
        let network = address.subscriber
        let account = shard(of: network).failures.withLock { $0.isEmpty ? nil : $0[network] }
        guard var account else { return nil }
        let now = now()
        let decision = account.take(of: limits.address, at: now)
        guard decision != .allowed else { return nil }
        return verdict(decision, account, at: now)
    }

    private func shard(of network: IPAddress) -> Shard {
        shard(UInt64(truncatingIfNeeded: network.hashValue))
    }

    private func take(_ accounts: inout [IPAddress: GCRA], _ network: IPAddress, at now: Int64) -> RateVerdict {
        if accounts.count >= Self.capacity / Self.shardCount, accounts[network] == nil {
            accounts = accounts.filter { $0.value.used(at: now) > 0 }
            // As many at once is an attack from everywhere, which counting does not stop.
            if accounts.count >= Self.capacity / Self.shardCount { accounts = [:] }
        }
        let decision = accounts[network, default: GCRA()].take(of: limits.address, at: now)
        return verdict(decision, accounts[network] ?? GCRA(), at: now)
    }

    private func verdict(_ decision: RateDecision, _ account: GCRA, at now: Int64) -> RateVerdict {
        let limit = limits.address
        return RateVerdict(standings: [
            RateStanding(
                "address", limit, decision, remaining: account.remaining(of: limit, at: now),
                used: account.used(at: now))
        ])
    }

    private func take(_ subject: RateSubject, of limit: RateLimit, at now: Int64) -> RateStanding {
        let (standing, isUrgent) = shard(subject.low).shares.withLock { shares in
            if shares.all.count >= Self.capacity / Self.shardCount, shares.all[subject] == nil {
                shares.all = shares.all.filter { !$0.value.isIdle(at: now) }
            }
            let standing = shares.all[subject, default: RateShare()].standing(subject.kind.rawValue, limit, at: now)
            if standing.isFirst { shares.unbooked.append(subject) }
            return (standing.standing, standing.isUrgent)
        }
        if isUrgent { wake.yield() }
        return standing
    }

    private func giveBack(_ standing: RateStanding, of subject: RateSubject, at now: Int64) -> RateStanding {
        shard(subject.low).shares.withLock { shares in
            guard var share = shares.all[subject] else { return standing }
            share.giveBack()
            shares.all[subject] = share
            return RateStanding(
                standing.policy, standing.limit, .allowed, remaining: share.remaining(at: now),
                used: share.used(at: now))
        }
    }

    private func shard(_ hash: UInt64) -> Shard {
        shards[Int(hash % UInt64(Self.shardCount))]
    }

    // MARK: - The account

    /// How often the account is told at least: well within the time after which a share goes on by itself.
    public static let interval = Duration.milliseconds(500)

    /// Tells the account what was let pass, and hears what others did. What it could not be told stays for the next call.
    public func settle() async throws(Failure) {
        let bookings = shards.flatMap { shard in
            shard.shares.withLock { shares in
                defer { shares.unbooked = [] }
                return shares.unbooked.compactMap { subject in
                    shares.all[subject]?.book().map { RateBooking(subject, cost: $0) }
                }
            }
        }
        var first: Failure?
        for start in stride(from: 0, to: bookings.count, by: Self.batch) {
            let batch = bookings[start..<min(start + Self.batch, bookings.count)]
            do throws(Failure) {
                let used = try await ledger.book(Array(batch))
                let now = now()
                for (booking, used) in zip(batch, used) {
                    change(booking.subject) { $0.booked(used: used, at: now) }
                }
            } catch {
                for booking in batch { change(booking.subject) { $0.failed(booking.cost) } }
                first = first ?? error
            }
        }
        if let first { throw first }
    }

    /// What is to be booked stays listed.
    private func change(_ subject: RateSubject, _ body: (inout RateShare) -> Void) {
        shard(subject.low).shares.withLock { shares in
            guard var share = shares.all[subject] else { return }
            let wasListed = share.hasUnbooked
            body(&share)
            if share.hasUnbooked, !wasListed { shares.unbooked.append(subject) }
            shares.all[subject] = share
        }
    }
}

extension RateShare {
    /// Takes one request; whether it is the first to be booked, and whether booking is urgent.
    fileprivate mutating func standing(
        _ policy: String, _ limit: RateLimit, at now: Int64
    ) -> (standing: RateStanding, isFirst: Bool, isUrgent: Bool) {
        let hadUnbooked = hasUnbooked
        let decision = take(of: limit, at: now)
        let standing = RateStanding(policy, limit, decision, remaining: remaining(at: now), used: used(at: now))
        return (standing, hasUnbooked && !hadUnbooked, decision == .allowed && isHalfUsed)
    }
}

extension RateStanding {
    fileprivate init(_ policy: String, _ limit: RateLimit, _ decision: RateDecision, remaining: Int64, used: Int64) {
        self.policy = policy
        self.limit = limit
        switch decision {
        case .allowed: (self.remaining, wait, isExceeded) = (remaining, used, false)
        case .refused(let wait): (self.remaining, self.wait, isExceeded) = (0, wait ?? RateLimit.window, true)
        }
    }
}
