/// The state of one rate limit after a request.
public struct RateStanding: Sendable, Equatable {
    /// Stable, part of the API: `tenant`, `user`, `api_key` or `address`.
    public let policy: String
    public let limit: RateLimit
    /// The number of requests allowed now.
    public let remaining: Int64
    /// Nanoseconds until the next request is allowed if this one was not, else until all of them are available again.
    public let wait: Int64
    public let isExceeded: Bool

    public init(policy: String, limit: RateLimit, remaining: Int64, wait: Int64, isExceeded: Bool) {
        self.policy = policy
        self.limit = limit
        self.remaining = remaining
        self.wait = wait
        self.isExceeded = isExceeded
    }
}

/// What the limits decided on one request: the caller's own limit first, then its tenant's.
public struct RateVerdict: Sendable, Equatable {
    public let standings: [RateStanding]

    public init(standings: [RateStanding]) {
        self.standings = standings
    }

    /// The limit that refused it; nil if it passes.
    public var exceeded: RateStanding? { standings.first(where: \.isExceeded) }
}
