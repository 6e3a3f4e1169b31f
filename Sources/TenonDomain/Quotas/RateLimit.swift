/// A rate limit: requests per minute, with a burst of the same size.
public struct RateLimit: Sendable, Hashable {
    /// The window of limits, in nanoseconds.
    public static let window: Int64 = 60_000_000_000

    /// Per minute, and as a burst, which includes the first one.
    public let requests: Int64
    /// Nanoseconds between two evenly spaced requests. Rounded up, so that the limit is never exceeded.
    public let interval: Int64

    /// `requests` is clamped to 1 to 1,000,000,000.
    public init(perMinute requests: Int) {
        self.requests = Int64(min(max(requests, 1), 1_000_000_000))
        interval = (Self.window + self.requests - 1) / self.requests
    }

    /// How far, in nanoseconds, requests may run ahead of their even rate.
    public var tolerance: Int64 { interval * requests }

    /// The number of requests that one process allows before it reports to the others: a 32nd of the burst, at least
    /// 10. Each further process can exceed the limit by at most this.
    public var share: Int64 { max(min(requests, 10), requests / 32) }
}

extension TenantPlan {
    /// The limit of a plan for all callers of a tenant together.
    public var requestsPerMinute: Int {
        switch self {
        case .free: 120
        case .starter: 600
        case .professional: 6000
        case .enterprise: 60_000
        }
    }
}
