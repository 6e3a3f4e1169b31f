/// How many requests somebody may make: so many a minute, and as many at once as the minute has.
public struct RateLimit: Sendable, Hashable {
    /// The window that limits are stated for, in nanoseconds.
    public static let window: Int64 = 60_000_000_000

    /// In a minute, and at once: the burst counts the first one.
    public let requests: Int64
    /// Nanoseconds between two requests that come evenly. Rounded up, so that never more pass than the limit says.
    public let interval: Int64

    /// `requests` is held within 1 to 1,000,000,000.
    public init(perMinute requests: Int) {
        self.requests = Int64(min(max(requests, 1), 1_000_000_000))
        interval = (Self.window + self.requests - 1) / self.requests
    }

    /// How far, in nanoseconds, requests may run ahead of their even spread.
    public var tolerance: Int64 { interval * requests }

    /// How many requests one process lets pass before it has told the others: a 32nd part of the burst, 10 at least. So
    /// much at most can each further process let pass too much.
    public var share: Int64 { max(min(requests, 10), requests / 32) }
}

extension TenantPlan {
    /// What a plan allows all callers of a tenant together.
    public var requestsPerMinute: Int {
        switch self {
        case .free: 120
        case .starter: 600
        case .professional: 6000
        case .enterprise: 60_000
        }
    }
}
