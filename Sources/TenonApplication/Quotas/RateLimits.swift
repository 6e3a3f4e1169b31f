public import TenonDomain

/// Who may make how many requests.
public struct RateLimits: Sendable {
    /// Of every tenant, in the place of what its plan says; nil where the plans count.
    public let perTenant: Int?
    /// Of one address, for operations without credentials.
    public let perAddress: Int

    public init(perTenant: Int? = nil, perAddress: Int = 300) {
        self.perTenant = perTenant
        self.perAddress = perAddress
    }

    /// What all callers of a tenant have together.
    func tenant(_ plan: TenantPlan) -> RateLimit {
        RateLimit(perMinute: perTenant ?? plan.requestsPerMinute)
    }

    /// What one user or API key has of it: half, so that no one caller uses it up alone, and 60 at least.
    func caller(_ plan: TenantPlan) -> RateLimit {
        RateLimit(perMinute: max(60, (perTenant ?? plan.requestsPerMinute) / 2))
    }

    var address: RateLimit { RateLimit(perMinute: perAddress) }
}

/// What a limit says of itself with an answer.
public struct RateStanding: Sendable, Equatable {
    /// Stable, part of the API: `tenant`, `user`, `api_key` or `address`.
    public let policy: String
    public let limit: RateLimit
    /// How many more requests would pass now.
    public let remaining: Int64
    /// Nanoseconds: until the next request passes where this one did not, else until all of them are there again.
    public let wait: Int64
    public let isExceeded: Bool
}

/// What the limits said to one request: the caller's own first, then its tenant's.
public struct RateVerdict: Sendable, Equatable {
    public let standings: [RateStanding]

    /// The limit that refused it; nil where it passes.
    public var exceeded: RateStanding? { standings.first(where: \.isExceeded) }
}
