/// One process's part in a limit that several processes share.
///
/// It decides from a replica of the common ledger and reports allowed requests afterwards, so that no request waits for
/// another process. Before reporting it allows at most its share per second. If the ledger is unreachable, shares
/// continue and only the replica enforces the limit.
public struct RateShare: Sendable {
    /// Nanoseconds after which a share can be used again, even if the ledger has not answered.
    static let period: Int64 = 1_000_000_000

    private var replica = GCRA()
    private var limit = RateLimit(perMinute: 1)
    /// Allowed and not reported yet.
    private var unbooked: Int64 = 0
    /// Allowed since the ledger last answered, or since the last period began.
    private var ahead: Int64 = 0
    private var periodBegan: Int64 = .min

    public init() {}

    /// Takes one request. The limit can differ from the previous call's.
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

    /// Returns the last request: another limit refused it.
    public mutating func giveBack() {
        replica.giveBack(of: limit)
        unbooked -= 1
        ahead -= 1
    }

    /// Whether there is something to report.
    public var hasUnbooked: Bool { unbooked > 0 }

    /// Whether half of the share has just been used: time to report.
    public var isHalfUsed: Bool { ahead == (limit.share + 1) / 2 }

    /// Whether deleting it loses nothing.
    public func isIdle(at now: Int64) -> Bool {
        unbooked == 0 && replica.used(at: now) == 0
    }

    /// As this process sees it.
    public func remaining(at now: Int64) -> Int64 { replica.remaining(of: limit, at: now) }

    /// Nanoseconds until the whole limit is available, as this process sees it.
    public func used(at now: Int64) -> Int64 { replica.used(at: now) }

    /// The usage to report, in nanoseconds of the limit; nil if there is none. `booked` or `failed` must follow.
    public mutating func book() -> Int64? {
        guard unbooked > 0 else { return nil }
        defer { unbooked = 0 }
        return unbooked * limit.interval
    }

    /// The ledger has added it; its usage is `used` now.
    public mutating func booked(used: Int64, at now: Int64) {
        replica = GCRA(used: used + max(0, unbooked) * limit.interval, at: now)
        ahead = max(0, unbooked)
        periodBegan = now
    }

    /// The ledger was unreachable: `cost` must still be reported.
    public mutating func failed(_ cost: Int64) {
        unbooked += cost / limit.interval
    }
}
