internal import TenonDomain

/// The configured rate limits.
public struct RateLimits: Sendable {
    /// For every tenant, overriding its plan; nil to use the plans.
    public let perTenant: Int?
    /// For one address, in operations without credentials.
    public let perAddress: Int

    public init(perTenant: Int? = nil, perAddress: Int = 300) {
        self.perTenant = perTenant
        self.perAddress = perAddress
    }

    /// The limit of all callers of a tenant together.
    func tenant(_ plan: TenantPlan) -> RateLimit {
        RateLimit(perMinute: perTenant ?? plan.requestsPerMinute)
    }

    /// The limit of one user or API key: half of the tenant's, so that a single caller cannot exhaust it, and at least
    /// 60.
    func caller(_ plan: TenantPlan) -> RateLimit {
        RateLimit(perMinute: max(60, (perTenant ?? plan.requestsPerMinute) / 2))
    }

    var address: RateLimit { RateLimit(perMinute: perAddress) }
}
