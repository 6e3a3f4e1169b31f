internal import TenonDomain

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
