/// The cached access data of a tenant, so that requests are authorized without a round trip. A class, because every
/// caller carries one.
public final class TenantAccess: Sendable {
    public let tenant: TenantID
    public let status: TenantStatus
    public let plan: TenantPlan
    /// Nil if the tenant has neither roles nor policies of its own.
    public let policy: TenantPolicy?

    public init(tenant: TenantID, status: TenantStatus, plan: TenantPlan, policy: TenantPolicy? = nil) {
        self.tenant = tenant
        self.status = status
        self.plan = plan
        self.policy = policy
    }

    /// With the tenant's stored roles and policies. They were compiled when they were written, so an error here is a
    /// defect, and denies access.
    public convenience init(
        tenant: TenantID, status: TenantStatus, plan: TenantPlan, roles: [TenantRole], policies: [Policy]
    ) throws(Failure) {
        var policy: TenantPolicy?
        if !roles.isEmpty || policies.contains(where: \.isEnforced) {
            do throws(TenantPolicy.Fault) {
                policy = try TenantPolicy(roles: roles, policies: policies, wereTried: true)
            } catch {
                throw .bug("The stored policy of \(tenant) does not compile: \(error)")
            }
        }
        self.init(tenant: tenant, status: status, plan: plan, policy: policy)
    }

    /// The platform's, which has no row.
    public static let platform = TenantAccess(tenant: .platform, status: .active, plan: .enterprise)

    /// Passes if the tenant is active; else the failure has the reason.
    public func requireActive() throws(Failure) { try status.requireActive() }
}

/// Reads the access data of the transaction's tenant.
public protocol AccessStore: Sendable {
    /// Nil if the tenant does not exist.
    func tenantAccess() async throws(Failure) -> TenantAccess?
}

/// Stores with a `AccessStore`.
public protocol HasAccess: Sendable {
    var access: any AccessStore { get }
}
