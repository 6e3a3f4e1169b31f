/// What a process keeps in memory of a tenant, so that requests are decided on without a round trip. A class, since every
/// caller carries one.
public final class TenantAccess: Sendable {
    public let tenant: TenantID
    public let status: TenantStatus
    public let plan: TenantPlan

    public init(tenant: TenantID, status: TenantStatus, plan: TenantPlan) {
        self.tenant = tenant
        self.status = status
        self.plan = plan
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
