/// What one process lets pass of a limit that several processes keep together.
///
/// It decides by a replica of the common account and tells the account afterwards what it let pass, so that no request
/// waits for another process. Ahead of the account it lets pass its share and no more in a second. Where the account
/// cannot be reached, shares go on and the replica alone keeps the limit.
public struct RateShare: Sendable {
    /// Nanoseconds after which a share can be used once more, whether or not the account has answered.
    static let period: Int64 = 1_000_000_000

    private var replica = GCRA()
    private var limit = RateLimit(perMinute: 1)
    /// Let pass, and not told yet.
    private var unbooked: Int64 = 0
    /// Let pass since the account last answered, or since the last period began.
    private var ahead: Int64 = 0
    private var periodBegan: Int64 = .min

    public init() {}

    /// Takes one request. The limit can be another one than before.
    public mutating func take(of limit: RateLimit, at now: Int64) -> RateDecision {
        self.limit = limit
        if now >= periodBegan + Self.period {
            ahead = 0
            periodBegan = now
        }
        let decision = replica.take(of: limit, at: now)
        guard decision == .allowed else { return decision }
        guard ahead < limit.share else {
            replica.giveBack(of: limit)
            return .refused(wait: periodBegan + Self.period - now)
        }
        unbooked += 1
        ahead += 1
        return .allowed
    }

    /// Puts back the request that was taken last: it was refused by another limit.
    public mutating func giveBack() {
        replica.giveBack(of: limit)
        unbooked -= 1
        ahead -= 1
    }

    /// Whether there is something to tell.
    public var hasUnbooked: Bool { unbooked > 0 }

    /// Whether half of the share has just been used: time to tell.
    public var isHalfUsed: Bool { ahead == (limit.share + 1) / 2 }

    /// Whether forgetting it would forget nothing.
    public func isIdle(at now: Int64) -> Bool {
        unbooked == 0 && replica.used(at: now) == 0
    }

    /// As this process sees it.
    public func remaining(at now: Int64) -> Int64 { replica.remaining(of: limit, at: now) }

    /// Nanoseconds until everything is there again, as this process sees it.
    public func used(at now: Int64) -> Int64 { replica.used(at: now) }

    /// What the account has to be told, in nanoseconds of the limit; nil where there is nothing. `booked` or `failed`
    /// follows.
    public mutating func book() -> Int64? {
        guard unbooked > 0 else { return nil }
        defer { unbooked = 0 }
        return unbooked * limit.interval
    }

    /// The account has added it and stands at `used` now.
    public mutating func booked(used: Int64, at now: Int64) {
        replica = GCRA(used: used + max(0, unbooked) * limit.interval, at: now)
        ahead = max(0, unbooked)
        periodBegan = now
    }

    /// The account was not reached: `cost` is still to be told.
    public mutating func failed(_ cost: Int64) {
        unbooked += cost / limit.interval
    }
}
