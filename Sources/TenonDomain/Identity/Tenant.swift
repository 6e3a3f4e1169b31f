public import TenonKit

/// A customer of the platform. Every row except the platform's own belongs to exactly one tenant.
public struct Tenant: Sendable, Equatable, Identified {
    public static let idPrefix = "ten"

    public let id: TenantID
    public let slug: TenantSlug
    public internal(set) var name: DisplayName
    public internal(set) var plan: TenantPlan
    /// Fixed at creation: rows do not move between databases.
    public let isolation: TenantIsolation
    public internal(set) var status: TenantStatus
    /// When the deletion of the tenant becomes permanent; nil unless it is being deleted.
    public internal(set) var deletesAt: Timestamp?
    /// Whether it was suspended before its deletion; restoring it suspends it again.
    public internal(set) var wasSuspended: Bool
    /// Whether its permanent deletion has begun.
    public internal(set) var isErasing: Bool
    /// The future first owner, created as soon as users can be stored.
    public internal(set) var firstOwner: FirstOwner?
    /// Counts the changes, from 1; the entity tag of the resource.
    public internal(set) var version: Int64
    public let createdAt: Timestamp
    public internal(set) var updatedAt: Timestamp

    /// From a store.
    public init(
        id: TenantID, slug: TenantSlug, name: DisplayName, plan: TenantPlan, isolation: TenantIsolation,
        status: TenantStatus, deletesAt: Timestamp?, wasSuspended: Bool, isErasing: Bool, firstOwner: FirstOwner?,
        version: Int64, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.plan = plan
        self.isolation = isolation
        self.status = status
        self.deletesAt = deletesAt
        self.wasSuspended = wasSuspended
        self.isErasing = isErasing
        self.firstOwner = firstOwner
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// A new tenant. Shared isolation needs no provisioning, so the tenant is active at once; `firstOwner` is for a
    /// tenant with its own database.
    public static func register(
        id: TenantID, slug: TenantSlug, name: DisplayName, plan: TenantPlan, isolation: TenantIsolation = .shared,
        firstOwner: FirstOwner? = nil, at now: Timestamp
    ) -> (Tenant, DomainEvent) {
        let tenant = Tenant(
            id: id, slug: slug, name: name, plan: plan, isolation: isolation,
            status: isolation == .shared ? .active : .provisioning, deletesAt: nil, wasSuspended: false,
            isErasing: false, firstOwner: firstOwner, version: 1, createdAt: now, updatedAt: now)
        let event = DomainEvent(
            .tenantRegistered, on: .tenant(id),
            [
                "slug": .string(slug.text), "name": .string(name.text), "plan": .string(plan.rawValue),
                "isolation": .string(isolation.rawValue),
            ], change: ResourceChange(after: tenant.members))
        return (tenant, event)
    }
}

public typealias TenantID = Identifier<Tenant>

extension Identifier where Entity == Tenant {
    /// The platform itself: the owner of administrators and of the installation's keys. It has no slug.
    public static var platform: TenantID { TenantID(high: 0, low: 0) }
}

/// A tenant's plan, which determines its quotas.
public enum TenantPlan: String, Sendable, CaseIterable {
    case free, starter, professional, enterprise
}

/// How a tenant's rows are separated from others'.
public enum TenantIsolation: String, Sendable, CaseIterable {
    /// Row-level security in one database.
    case shared
    /// A database of its own.
    case database
}

/// The lifecycle status of a tenant.
public enum TenantStatus: String, Sendable, CaseIterable {
    case provisioning, active, suspended, deleting

    /// Passes if the tenant's users and programs may work; else the failure has the reason.
    public func requireActive() throws(Failure) {
        switch self {
        case .active: return
        case .provisioning:
            throw Failure(.tenantProvisioning, "This tenant is being created. Try again in a moment.")
        case .suspended: throw Failure(.tenantSuspended, "This tenant is suspended.")
        case .deleting: throw Failure(.tenantDeleting, "This tenant is being deleted.")
        }
    }
}

/// The first owner of a new tenant.
public struct FirstOwner: Sendable, Equatable {
    public let email: EmailAddress
    public let name: DisplayName?

    public init(email: EmailAddress, name: DisplayName?) {
        self.email = email
        self.name = name
    }
}
