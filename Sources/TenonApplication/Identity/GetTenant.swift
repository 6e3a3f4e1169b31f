public import TenonDomain

/// One tenant: its own to whoever belongs to it, any to administrators of the platform.
public struct GetTenant: Sendable {
    public static let permission = Permission.tenantsRead

    public struct Output: Sendable {
        public let tenant: Tenant
        /// How far its own database is; nil for one of the shared database.
        public let database: TenantDatabase.State?
    }

    let stores: Reads<any HasTenants & HasTenantDatabases>
    let authorizer: any Authorizer

    /// Fails with `tenantNotFound`.
    public func execute(_ id: TenantID, as caller: Caller) async throws(Failure) -> Output {
        try authorizer.require(Self.permission, onTenant: id, as: caller)
        let reads = stores.in(id)
        guard let tenant = try await reads.tenants.tenant(id) else {
            throw Failure(.tenantNotFound, "There is no tenant \(id).")
        }
        guard tenant.isolation == .database else { return Output(tenant: tenant, database: nil) }
        return Output(tenant: tenant, database: try await reads.tenantDatabases.database()?.state)
    }
}
