/// Keeps namespaces, configuration entries and their histories of the transaction's tenant.
///
/// Who changes entries calls `revise` first: it makes writers of one namespace wait for one another, so that
/// revisions have no gaps and become visible in their order.
public protocol ConfigStore: Sendable {
    // MARK: Namespaces

    /// `namespaceNameTaken` when the tenant has one of that name.
    func add(_ namespace: Namespace) async throws(Failure)

    /// `namespaceNotFound` where there is none, or it is another tenant's.
    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace

    /// `namespaceNotFound` where the tenant has none of that name.
    func namespace(named name: NamespaceName) async throws(Failure) -> Namespace

    /// By name, in the order of its bytes; the sort key is the name. With a name only the one that has it.
    func namespaces(named name: NamespaceName?, _ page: PageRequest) async throws(Failure) -> Page<Namespace>

    // MARK: Entries as they are

    /// In one statement, with the namespace's revision that the entry was read at. `namespaceNotFound`;
    /// `configNotFound` also for a deleted key.
    func entry(
        _ key: ConfigKey, in namespace: NamespaceID
    ) async throws(Failure) -> (entry: ConfigEntry, revision: Int64)

    /// By key, in the order of its bytes; the sort key is the key. No deleted keys. Cut by `PageSize`.
    /// `namespaceNotFound` where there is none.
    func entries(
        in namespace: NamespaceID, _ filter: ConfigFilter, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry>

    // MARK: The past
    //
    // A version of an entry that is a secret now counts as one, whatever it was.

    /// Also of a deleted key. `configVersionNotFound` where the entry has no such version; `configNotFound` where it
    /// was not there at that time.
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

    /// The namespace with those of the keys that it has, deleted ones included; other writers of the namespace wait
    /// until the transaction has ended. `namespaceNotFound`; `ConfigRevision.tooLarge` where the values have too many bytes.
    func revise(
        _ id: NamespaceID, keys: [ConfigKey]
    ) async throws(Failure) -> (namespace: Namespace, entries: [ConfigKey: ConfigEntry])

    /// What can be reached from some entries by references; other writers of references wait until the transaction has
    /// ended. Fails with `ReferenceGraph.tooLarge`.
    func references(from addresses: [ConfigAddress]) async throws(Failure) -> ReferenceGraph

    /// Stores the changes with the namespace's new revision. After `revise`, in the same transaction.
    func save(_ revision: ConfigRevision) async throws(Failure)

    /// Stores a changed namespace. After `revise`.
    func save(_ namespace: Namespace) async throws(Failure)

    /// Takes the namespace away with every entry and its history. After `revise`.
    func remove(_ namespace: Namespace) async throws(Failure)

    /// How many entries it has, without the deleted ones.
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
