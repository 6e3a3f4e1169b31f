/// Stores the API keys of the transaction's tenant.
public protocol APIKeyStore: Sendable {
    func add(_ key: APIKey) async throws(Failure)

    /// Fails with `apiKeyNotFound` if it does not exist in this tenant.
    func key(_ id: APIKeyID) async throws(Failure) -> APIKey

    /// The same, locked until the transaction ends: a second caller waits.
    func keyForUpdate(_ id: APIKeyID) async throws(Failure) -> APIKey

    /// In the order of their ids, which are the sort keys.
    func keys(_ page: PageRequest) async throws(Failure) -> Page<APIKey>

    /// Stores terms, credentials and version. Requires `keyForUpdate` in the same transaction.
    func save(_ key: APIKey) async throws(Failure)

    /// Deletes the key permanently. Requires `keyForUpdate`.
    func remove(_ key: APIKey) async throws(Failure)

    /// Stores that the key was used, unless a use at most `APIKeyUse.precision` earlier is stored. Does nothing if the
    /// key does not exist.
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
