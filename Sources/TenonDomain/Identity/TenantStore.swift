/// Stores tenants. Every method works within the tenant of its transaction.
public protocol TenantStore: Sendable {
    /// Adds a tenant whose id is the transaction's tenant. Fails with `slugTaken` if any tenant has the slug.
    func add(_ tenant: Tenant) async throws(Failure)

    /// Nil for every id except the transaction's own tenant.
    func tenant(_ id: TenantID) async throws(Failure) -> Tenant?

    /// The same, locked until the transaction ends: a second caller waits.
    func tenantForUpdate(_ id: TenantID) async throws(Failure) -> Tenant?

    /// Replaces the previous version of the tenant; fails with `tooMuchContention` if another version is stored.
    func save(_ tenant: Tenant) async throws(Failure)
}

/// Stores with a `TenantStore`.
public protocol HasTenants: Sendable {
    var tenants: any TenantStore { get }
}

extension Tenant: StoredResource {
    public var tenant: TenantID { id }
    public var storeKey: TenantID { id }
    public var sortKey: String { slug.text }
    public var checkedVersion: Int64? { version }

    public static let uniqueKeys = [
        UniqueKey<Tenant>("tenants_slug_key", isGlobal: true, \.slug.text) { tenant in
            Failure(.slugTaken, "Choose another name: the slug \(tenant.slug.text) is taken.")
        }
    ]
}
