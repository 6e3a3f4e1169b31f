/// Stores namespaces, configuration entries and their histories of the transaction's tenant.
///
/// Before changing entries, call `revise`: it makes writers of one namespace wait for one another, so that revisions
/// have no gaps and become visible in order.
public protocol ConfigStore: Sendable {
    // MARK: Namespaces

    /// Fails with `namespaceNameTaken` if the tenant has a namespace with that name.
    func add(_ namespace: Namespace) async throws(Failure)

    /// Fails with `namespaceNotFound` if it does not exist in this tenant.
    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace

    /// Fails with `namespaceNotFound` if the tenant has none with that name.
    func namespace(named name: NamespaceName) async throws(Failure) -> Namespace

    /// By name, in byte order; the sort key is the name. With a name, only the namespace with that name.
    func namespaces(named name: NamespaceName?, _ page: PageRequest) async throws(Failure) -> Page<Namespace>

    // MARK: Current entries

    /// In one statement, with the namespace's revision at which the entry was read. Fails with `namespaceNotFound`, and
    /// with `configNotFound` also for a deleted key.
    func entry(
        _ key: ConfigKey, in namespace: NamespaceID
    ) async throws(Failure) -> (entry: ConfigEntry, revision: Int64)

    /// By key, in the order of its bytes; the sort key is the key. No deleted keys. Cut by `PageSize`.
    /// `namespaceNotFound` where there is none.
    func entries(
        in namespace: NamespaceID, _ filter: ConfigFilter, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry>

    // MARK: History
    //
    // A version of an entry that is a secret now counts as a secret, even if it was not then.

    /// Also for a deleted key. Fails with `configVersionNotFound` if the entry has no such version, and with
    /// `configNotFound` if it did not exist at that time.
    func entry(
        _ key: ConfigKey, in namespace: NamespaceID, at choice: ConfigVersionChoice
    ) async throws(Failure) -> ConfigEntry

    /// Newest first; the sort key is the number. Also of a deleted key. Cut by `PageSize`.
    func versions(
        of key: ConfigKey, in namespace: NamespaceID, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry>

    /// The changes of a namespace after a position, in their order, `limit` at most and cut by `PageSize`; with the
    /// revision that the namespace was at, and its `restoredRevision`. What has been answered once is never preceded by something new.
    func changes(
        in namespace: NamespaceID, after position: RevisionPosition, limit: Int
    ) async throws(Failure) -> (changes: [ConfigEntry], revision: Int64, restoredRevision: Int64)

    // MARK: Changes

    /// The namespace with its entries of those keys, including deleted ones; other writers of the namespace wait until
    /// the transaction ends. Fails with `namespaceNotFound`, and with `ConfigRevision.tooLarge` if the values have too
    /// many bytes.
    func revise(
        _ id: NamespaceID, keys: [ConfigKey]
    ) async throws(Failure) -> (namespace: Namespace, entries: [ConfigKey: ConfigEntry])

    /// Everything reachable from some entries by references; other writers of references wait until the transaction
    /// ends. Fails with `ReferenceGraph.tooLarge`.
    func references(from addresses: [ConfigAddress]) async throws(Failure) -> ReferenceGraph

    /// Stores the changes with the namespace's new revision. Requires `revise` in the same transaction.
    func save(_ revision: ConfigRevision) async throws(Failure)

    /// Stores a changed namespace. Requires `revise`.
    func save(_ namespace: Namespace) async throws(Failure)

    /// Deletes the namespace with every entry and its history. Requires `revise`.
    func remove(_ namespace: Namespace) async throws(Failure)

    /// The number of entries, without deleted ones.
    func countEntries(in namespace: NamespaceID) async throws(Failure) -> Int64
}

/// Stores with a `ConfigStore`.
public protocol HasConfiguration: Sendable {
    var configuration: any ConfigStore { get }
}

extension ConfigStore {
    /// All of them.
    public func namespaces(_ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        try await namespaces(named: nil, page)
    }
}

extension Namespace: StoredResource {
    public var storeKey: NamespaceID { id }
    public var sortKey: String { name.text }

    public static let uniqueKeys = [
        UniqueKey<Namespace>("namespaces_name_key", \.name.text) { .nameTaken($0.name) }
    ]
}
