public import TenonKit

/// The prefix of a slug: 1 to 63 characters of a-z, 0-9 and `-`.
public struct TenantSlugPrefix: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...63, .word("a-z0-9-"), code: "invalid_slug_prefix", "be a-z, 0-9 and '-'", example: "my")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

/// Selects tenants.
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

/// The tenants of the whole platform, only for its administrators and its own jobs. Returns the tenants' own columns
/// and nothing that belongs to them.
///
/// Requirements, each with a contract test: pages have neither gaps nor repeats; all due tenants are found, and no
/// others.
public protocol TenantCatalog: Sendable {
    /// In the order of their slugs.
    func tenants(_ filter: TenantFilter, _ page: PageRequest) async throws(Failure) -> Page<Tenant>

    /// Tenants whose grace period is over, at most `limit`, in the order of their slugs and after `last`.
    func due(at now: Timestamp, after last: TenantSlug?, limit: Int) async throws(Failure) -> [Tenant]
}

/// Deletes the remaining rows of a tenant whose permanent deletion has begun.
///
/// Requirements, each with a contract test: no row of another tenant, or of one that is not being erased, is deleted;
/// the audit log stays; after an interruption anywhere, the next call continues; the last step deletes the tenant
/// itself, which frees its slug, and records the event in the same transaction.
public protocol TenantErasure: Sendable {
    /// Deletes about `limit` rows at most. Two concurrent calls do not interfere.
    func erase(
        _ tenant: TenantID, limit: Int, as caller: Caller, recording event: DomainEvent
    ) async throws(Failure) -> ErasureProgress
}

/// The progress of an erasure.
public enum ErasureProgress: String, Sendable, CaseIterable {
    /// The tenant itself was deleted; returned once.
    case gone
    /// Rows were deleted, and there may be more.
    case going
    /// Nothing can be deleted now: another process is working on it, or the tenant is not being erased.
    case waiting
}
