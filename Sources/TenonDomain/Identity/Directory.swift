/// Lookups before a tenant is known. They take exact keys and return only ids; there are no lists. These are the only
/// reads on behalf of a request that cross tenants.
public protocol Directory: Sendable {
    func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID?

    /// The tenants with a current or former account of that name, without duplicates: at most `limit`, those of the
    /// oldest accounts first.
    func tenants(of login: LoginName, limit: Int) async throws(Failure) -> [TenantID]

    func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID?

    func tenant(of key: APIKeyID) async throws(Failure) -> TenantID?

    /// The key with a current or previous secret of this digest.
    func key(withSecret digest: [UInt8]) async throws(Failure) -> APIKeyReference?
}

public struct APIKeyReference: Sendable, Hashable {
    public let tenant: TenantID
    public let key: APIKeyID

    public init(tenant: TenantID, key: APIKeyID) {
        self.tenant = tenant
        self.key = key
    }
}
