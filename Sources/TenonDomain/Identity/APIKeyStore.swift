/// Keeps the API keys of the transaction's tenant.
public protocol APIKeyStore: Sendable {
    func add(_ key: APIKey) async throws(Failure)

    /// `apiKeyNotFound` where there is none, or it is another tenant's.
    func key(_ id: APIKeyID) async throws(Failure) -> APIKey

    /// The same, held until the transaction ends: of two that ask at once the second waits.
    func keyForUpdate(_ id: APIKeyID) async throws(Failure) -> APIKey

    /// In the order of their ids, which are the sort keys.
    func keys(_ page: PageRequest) async throws(Failure) -> Page<APIKey>

    /// Stores terms, credentials and version. After `keyForUpdate`, in the same transaction.
    func save(_ key: APIKey) async throws(Failure)

    /// Takes the key away for good. After `keyForUpdate`.
    func remove(_ key: APIKey) async throws(Failure)

    /// Stores that the key was used, unless a use at most `APIKeyUse.precision` before that is stored. Nothing where there
    /// is no such key any more.
    func note(_ use: APIKeyUse, of id: APIKeyID) async throws(Failure)
}

/// Stores with a `APIKeyStore`.
public protocol HasAPIKeys: Sendable {
    var apiKeys: any APIKeyStore { get }
}

extension APIKey: StoredResource {
    public var storeKey: APIKeyID { id }
    public var sortKey: String { id.description }
    public var checkedVersion: Int64? { version }
}
