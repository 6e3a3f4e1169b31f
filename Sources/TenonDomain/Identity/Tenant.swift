/// A customer of the platform: everything but the platform's own rows belongs to exactly one.
public struct Tenant: Sendable, Equatable, Identified {
    public static let idPrefix = "ten"

    public let id: TenantID
    public let slug: TenantSlug
    public private(set) var name: DisplayName
    public private(set) var plan: TenantPlan
    public private(set) var status: TenantStatus
    /// Counts the changes, from 1; the entity tag of the resource.
    public private(set) var version: Int64
    public let createdAt: Timestamp
    public private(set) var updatedAt: Timestamp

    /// From a store.
    public init(
        id: TenantID, slug: TenantSlug, name: DisplayName, plan: TenantPlan, status: TenantStatus, version: Int64,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.plan = plan
        self.status = status
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// A new tenant that is in use at once: shared isolation has nothing to provision.
    public static func register(
        id: TenantID, slug: TenantSlug, name: DisplayName, plan: TenantPlan, at now: Timestamp
    ) -> (Tenant, DomainEvent) {
        let tenant = Tenant(
            id: id, slug: slug, name: name, plan: plan, status: .active, version: 1, createdAt: now, updatedAt: now)
        let event = DomainEvent(
            .tenantRegistered, on: .tenant(id),
            ["slug": .string(slug.text), "name": .string(name.text), "plan": .string(plan.rawValue)])
        return (tenant, event)
    }
}

public typealias TenantID = Identifier<Tenant>

extension Identifier where Entity == Tenant {
    /// The platform itself: the owner of administrators and of the installation's keys. No slug leads to it.
    public static var platform: TenantID { TenantID(high: 0, low: 0) }
}

/// What a tenant pays for; quotas follow from it.
public enum TenantPlan: String, Sendable, CaseIterable {
    case free, starter, professional, enterprise
}

/// Where a tenant is in its life.
public enum TenantStatus: String, Sendable, CaseIterable {
    case provisioning, active, suspended, deleting
}
