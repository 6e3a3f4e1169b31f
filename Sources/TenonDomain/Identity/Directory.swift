/// The lookups that come before a tenant is known. They take exact keys and answer ids and nothing else;
/// there is no listing. This is the whole list of reads that cross tenants on a request's behalf.
public protocol Directory: Sendable {
    func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID?

    /// The tenants where somebody goes by that name, or did once, each once: at most `limit`, those of the oldest
    /// accounts first.
    func tenants(of login: LoginName, limit: Int) async throws(Failure) -> [TenantID]

    func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID?

    func tenant(of key: APIKeyID) async throws(Failure) -> TenantID?

    /// The key that has, or had last, a secret with this digest.
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
