public import TenonDomain

/// One tenant: its own to whoever belongs to it, any to administrators of the platform.
public struct GetTenant: Sendable {
    public static let permission = Permission.tenantsRead

    private let registry: any Transactions
    private let authorizer: any Authorizer

    public init(registry: any Transactions, authorizer: any Authorizer) {
        self.registry = registry
        self.authorizer = authorizer
    }

    /// Fails with `tenantNotFound`.
    public func execute(_ id: TenantID, as caller: Caller) async throws(Failure) -> Tenant {
        try authorizer.require(Self.permission, onTenant: id, as: caller)
        guard let tenant = try await registry.reads(in: id).tenants.tenant(id) else {
            throw Failure(.tenantNotFound, "There is no tenant \(id).")
        }
        return tenant
    }
}
