/// What a process keeps in memory of a tenant, so that requests are decided on without a round trip. A class, since every
/// caller carries one.
public final class TenantAccess: Sendable {
    public let tenant: TenantID
    public let status: TenantStatus
    public let plan: TenantPlan
    /// Nil where the tenant has neither roles nor policies of its own.
    public let policy: TenantPolicy?

    public init(tenant: TenantID, status: TenantStatus, plan: TenantPlan, policy: TenantPolicy? = nil) {
        self.tenant = tenant
        self.status = status
        self.plan = plan
        self.policy = policy
    }

    /// With the tenant's roles and policies as they are stored. They were compiled before they were: that they cannot be
    /// now is a defect, and lets nobody in.
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

    /// Of the platform itself, which is no row anywhere.
    public static let platform = TenantAccess(tenant: .platform, status: .active, plan: .enterprise)

    /// Passes where the tenant is in use; else the failure says why not.
    public func requireActive() throws(Failure) { try status.requireActive() }
}

/// Reads what is kept in memory of the transaction's tenant.
public protocol AccessStore: Sendable {
    /// Nil where the tenant is gone.
    func tenantAccess() async throws(Failure) -> TenantAccess?
}

/// Stores with a `AccessStore`.
public protocol HasAccess: Sendable {
    var access: any AccessStore { get }
}
