public import TenonDomain

/// Gets a tenant: the caller's own, or any as a platform administrator.
public struct GetTenant: Sendable {
    public static let permission = Permission.tenantsRead

    public struct Output: Sendable {
        public let tenant: Tenant
        /// The state of its own database; nil for the shared database.
        public let database: TenantDatabase.State?
    }

    let stores: Reads<any HasTenants & HasTenantDatabases>
    let authorizer: any Authorizer

    /// Fails with `tenantNotFound`.
    public func execute(_ id: TenantID, as caller: Caller) async throws(Failure) -> Output {
        try authorizer.require(Self.permission, onTenant: id, as: caller)
        let reads = stores.in(id)
        guard let tenant = try await reads.tenants.tenant(id) else {
            throw Failure(.tenantNotFound, "No tenant has the id \(id).")
        }
        guard tenant.isolation == .database else { return Output(tenant: tenant, database: nil) }
        return Output(tenant: tenant, database: try await reads.tenantDatabases.database()?.state)
    }
}
