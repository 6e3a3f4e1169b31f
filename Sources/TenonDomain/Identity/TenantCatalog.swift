public import TenonKit

/// The beginning of a slug: 1 to 63 characters of a-z, 0-9 and `-`.
public struct TenantSlugPrefix: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...63, .word("a-z0-9-"), code: "invalid_slug_prefix", "be a-z, 0-9 and '-'", example: "my")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

/// Which tenants of a list are wanted.
public struct TenantFilter: Sendable, Equatable {
    public let status: TenantStatus?
    public let plan: TenantPlan?
    public let slugPrefix: TenantSlugPrefix?

    public init(status: TenantStatus? = nil, plan: TenantPlan? = nil, slugPrefix: TenantSlugPrefix? = nil) {
        self.status = status
        self.plan = plan
        self.slugPrefix = slugPrefix
    }

    public func admits(_ tenant: Tenant) -> Bool {
        (status.map { $0 == tenant.status } ?? true) && (plan.map { $0 == tenant.plan } ?? true)
            && (slugPrefix.map { tenant.slug.text.utf8.starts(with: $0.text.utf8) } ?? true)
    }
}

/// The tenants of the whole platform: for its administrators and its own jobs, and for nobody else. It shows the tenants'
/// own columns and nothing that belongs to them.
///
/// Obligations, each with a contract test: pages have neither gaps nor repeats; whoever is due is found, others are not.
public protocol TenantCatalog: Sendable {
    /// In the order of their slugs.
    func tenants(_ filter: TenantFilter, _ page: PageRequest) async throws(Failure) -> Page<Tenant>

    /// Tenants whose deletion is past its grace, at most `limit`, in the order of their slugs and after `last`.
    func due(at now: Timestamp, after last: TenantSlug?, limit: Int) async throws(Failure) -> [Tenant]
}

/// Takes away what is left of a tenant whose deletion has begun for good.
///
/// Obligations, each with a contract test: nothing of any other tenant, and of one that is not being erased, is taken;
/// the audit log stays; called again after it was cut off anywhere it goes on; the last step takes the tenant itself, so
/// that its slug is free, and records the event in the same transaction.
public protocol TenantErasure: Sendable {
    /// Takes away at most about `limit` rows. Two at once do not get into each other's way.
    func erase(
        _ tenant: TenantID, limit: Int, as caller: Caller, recording event: DomainEvent
    ) async throws(Failure) -> ErasureProgress
}

/// How far an erasure is.
public enum ErasureProgress: String, Sendable, CaseIterable {
    /// The tenant itself was taken: said once.
    case gone
    /// Something was taken, and there may be more.
    case going
    /// Nothing can be taken now: another process is at it, or the tenant is not being erased.
    case waiting
}
