internal import Synchronization
public import TenonDomain
public import TenonKit

/// Decides from memory whether a request is within its limits, and then reports to the ledger that all processes share.
///
/// Each process counts addresses on its own, so that requests without credentials write no rows.
public final class RateLimiter: Sendable {
    /// The maximum number of bookings in one statement.
    private static let batch = 500
    /// The maximum number of shares, and of addresses, in memory.
    private static let capacity = 1 << 18
    private static let shardCount = 16

    private struct Shares {
        var all: [RateSubject: RateShare] = [:]
        /// Subjects with usage that is not booked yet.
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

    /// An element whenever a share runs low and `settle` should be called at once. For one reader.
    public let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// `now` is a monotonic clock in nanoseconds.
    public init(
        limits: RateLimits, ledger: any RateLedger, now: @escaping @Sendable () -> Int64 = GCRA.monotonicNanoseconds
    ) {
        self.limits = limits
        self.ledger = ledger
        self.now = now
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: - Requests

    /// Counts one request of the caller; nil for callers without limits, such as background jobs.
    public func admit(_ caller: Caller) -> RateVerdict? {
        guard let access = caller.access else { return nil }
        switch caller.principal {
        case .user(let user), .platformAdministrator(let user):
            return admit(RateSubject(.user, user.id), of: access.tenant, on: access.plan)
        case .apiKey(let key): return admit(RateSubject(.apiKey, key.id), of: access.tenant, on: access.plan)
        case .anonymous, .system: return nil
        }
    }

    /// Counts one request against the caller's own limit and its tenant's. A request that the caller's own limit
    /// refuses does not count against the tenant's.
    public func admit(_ caller: RateSubject, of tenant: TenantID, on plan: TenantPlan) -> RateVerdict {
        let now = now()
        let own = take(caller, of: limits.caller(plan), at: now)
        guard !own.isExceeded else { return RateVerdict(standings: [own]) }
        let common = take(RateSubject(.tenant, tenant), of: limits.tenant(plan), at: now)
        return RateVerdict(standings: [common.isExceeded ? giveBack(own, of: caller, at: now) : own, common])
    }

    /// Counts one request without credentials. All addresses of one IPv6 /64 network count as one.
    public func admit(_ address: IPAddress) -> RateVerdict {
        let network = address.subscriber
        return shard(of: network).addresses.withLock { take(&$0, network, at: now()) }
    }

    /// Counts a failed authentication. Separate from requests without credentials, so that many of those do not prevent
    /// sign-ins.
    public func noteFailure(from address: IPAddress) {
        let network = address.subscriber
        _ = shard(of: network).failures.withLock { take(&$0, network, at: now()) }
    }

    /// The verdict on one more such attempt, without counting it; nil if it is allowed.
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
            // So many addresses at once are a distributed attack, which counting does not stop.
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

    // MARK: - The ledger

    /// How often `settle` is called at least; shorter than the time after which a share refills without the ledger.
    public static let interval = Duration.milliseconds(500)

    /// Books the usage in the ledger, and reads the usage of other processes. Usage that could not be booked is kept
    /// for the next call.
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

    /// Keeps `unbooked` complete while it changes a share.
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
    /// Takes one request; returns whether it is the first to be booked, and whether booking is urgent.
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
        switch decision {
        case .allowed:
            self.init(policy: policy, limit: limit, remaining: remaining, wait: used, isExceeded: false)
        case .refused(let wait):
            self.init(policy: policy, limit: limit, remaining: 0, wait: wait ?? RateLimit.window, isExceeded: true)
        }
    }
}
