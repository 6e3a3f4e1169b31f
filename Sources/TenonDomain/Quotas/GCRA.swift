/// The generic cell rate algorithm (ITU-T I.371): a limit in one number, the theoretical arrival time of the next request
/// where all of them came evenly. Times are nanoseconds of one clock, whichever it is.
public struct GCRA: Sendable, Equatable {
    private var arrival: Int64

    /// Nothing was used so far.
    public init() {
        arrival = .min
    }

    /// So much, in nanoseconds, is used at this time.
    public init(used: Int64, at now: Int64) {
        arrival = now + used
    }

    /// Takes `count` requests where all of them pass; else nothing.
    public mutating func take(_ count: Int64 = 1, of limit: RateLimit, at now: Int64) -> RateDecision {
        guard count <= limit.requests else { return .refused(wait: nil) }
        let next = max(arrival, now) + count * limit.interval
        let excess = next - now - limit.tolerance
        guard excess <= 0 else { return .refused(wait: excess) }
        arrival = next
        return .allowed
    }

    /// Puts back what a `take` took for nothing.
    public mutating func giveBack(_ count: Int64 = 1, of limit: RateLimit) {
        arrival -= count * limit.interval
    }

    /// Adds what was let pass already, whether the limit allows it or not. What is used never exceeds two windows: whoever
    /// owes more would be locked out for longer than anybody meant.
    public mutating func charge(_ cost: Int64, at now: Int64) {
        arrival = min(max(arrival, now) + cost, now + 2 * RateLimit.window)
    }

    /// Nanoseconds until nothing is used any more.
    public func used(at now: Int64) -> Int64 {
        arrival > now ? arrival - now : 0
    }

    /// How many requests would pass at once.
    public func remaining(of limit: RateLimit, at now: Int64) -> Int64 {
        max(0, (limit.tolerance - used(at: now)) / limit.interval)
    }
}

/// What a limit says to a request.
public enum RateDecision: Sendable, Equatable {
    case allowed
    /// `wait` are the nanoseconds after which it would pass where nobody else asks; nil where it never does.
    case refused(wait: Int64?)
}

extension GCRA {
    private static let origin = ContinuousClock.now

    /// Nanoseconds since the start of this process, on a monotonic clock.
    @Sendable public static func monotonicNanoseconds() -> Int64 {
        let (seconds, attoseconds) = origin.duration(to: .now).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
