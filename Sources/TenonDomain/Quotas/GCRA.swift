/// The generic cell rate algorithm (ITU-T I.371): a limit in one number, the theoretical arrival time of the next
/// request at an even rate. Times are nanoseconds of any single clock.
public struct GCRA: Sendable, Equatable {
    private var arrival: Int64

    /// Nothing is used.
    public init() {
        arrival = .min
    }

    /// The usage, in nanoseconds, at this time.
    public init(used: Int64, at now: Int64) {
        arrival = now + used
    }

    /// Takes `count` requests if all are allowed; else nothing.
    public mutating func take(_ count: Int64 = 1, of limit: RateLimit, at now: Int64) -> RateDecision {
        guard count <= limit.requests else { return .refused(wait: nil) }
        let next = max(arrival, now) + count * limit.interval
        let excess = next - now - limit.tolerance
        guard excess <= 0 else { return .refused(wait: excess) }
        arrival = next
        return .allowed
    }

    /// Returns an unused `take`.
    public mutating func giveBack(_ count: Int64 = 1, of limit: RateLimit) {
        arrival -= count * limit.interval
    }

    /// Adds requests that were already allowed, even above the limit. The usage never exceeds two windows, so that no
    /// caller is locked out for long.
    public mutating func charge(_ cost: Int64, at now: Int64) {
        arrival = min(max(arrival, now) + cost, now + 2 * RateLimit.window)
    }

    /// Nanoseconds until nothing is used.
    public func used(at now: Int64) -> Int64 {
        arrival > now ? arrival - now : 0
    }

    /// The number of requests allowed at once.
    public func remaining(of limit: RateLimit, at now: Int64) -> Int64 {
        max(0, (limit.tolerance - used(at: now)) / limit.interval)
    }
}

/// The decision of a limit on a request.
public enum RateDecision: Sendable, Equatable {
    case allowed
    /// `wait` is the time in nanoseconds until it is allowed if no other request comes; nil if it never is.
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
