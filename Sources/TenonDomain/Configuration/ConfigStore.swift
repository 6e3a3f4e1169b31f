/// Keeps namespaces and configuration entries of the transaction's tenant.
public protocol ConfigStore: Sendable {
    /// `namespaceNameTaken` when the tenant has one of that name.
    func add(_ namespace: Namespace) async throws(Failure)

    /// `namespaceNotFound` where there is none, or it is another tenant's.
    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace

    /// By name, in the order of its bytes; the sort key is the name.
    func namespaces(_ page: PageRequest) async throws(Failure) -> Page<Namespace>

    /// Adds the entry and its first version. `configKeyTaken` when the namespace has the key,
    /// `namespaceNotFound` when the namespace is gone.
    func add(_ entry: ConfigEntry) async throws(Failure)

    /// In one statement. `namespaceNotFound` or `configNotFound`.
    func entry(_ key: ConfigKey, in namespace: NamespaceID) async throws(Failure) -> ConfigEntry

    /// By key, in the order of its bytes; the sort key is the key. `namespaceNotFound` where there is none.
    func entries(
        in namespace: NamespaceID, prefix: ConfigKeyPrefix, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry>
}
