public import TenonDomain

/// Gets one namespace by its id. Fails with `namespaceNotFound`.
public typealias GetNamespace = Get<Namespace>
/// Lists the tenant's namespaces by name; with a name as the filter, only the one that has it.
public typealias ListNamespaces = List<Namespace>
/// Deletes a namespace for good, with the histories of its entries. Fails with `namespaceNotFound`,
/// `preconditionFailed`, and `namespaceNotEmpty` unless forced; deleted entries do not count.
public typealias DeleteNamespace = Delete<Namespace>

extension Namespace: Listable, Deletable {
    public static let readPermission = Permission.namespacesRead
    public static let writePermission = Permission.namespacesWrite

    public var version: Int64 { revision }

    public static func find(
        _ id: NamespaceID, for caller: Caller, in stores: any HasConfiguration
    ) async throws(Failure) -> Namespace {
        try await stores.configuration.namespace(id)
    }

    public static func page(
        _ page: PageRequest, matching name: NamespaceName?, for caller: Caller, in stores: any HasConfiguration
    ) async throws(Failure) -> Page<Namespace> {
        try await stores.configuration.namespaces(named: name, page)
    }

    public static func revised(by id: NamespaceID) -> NamespaceID? { id }

    public static func findForUpdate(
        _ id: NamespaceID, in work: any HasConfiguration & RecordsEvents
    ) async throws(Failure) -> Namespace {
        try await work.configuration.revise(id, keys: []).namespace
    }

    /// `isForced` deletes it with its entries.
    public func delete(
        _ isForced: Bool, in work: any HasConfiguration & RecordsEvents, as caller: Caller
    ) async throws(Failure) {
        let count = try await work.configuration.countEntries(in: id)
        guard count == 0 || isForced else {
            throw Failure(
                .namespaceNotEmpty,
                "The namespace \(name.text) has \(count) entries. Delete them first, or send force=true.")
        }
        try await work.configuration.remove(self)
        work.record(deleted(entries: count))
    }
}

extension ChangeInput where ID == NamespaceID, Change == Bool {
    public init(id: NamespaceID, isForced: Bool = false, if precondition: Precondition = .none) {
        self.init(id: id, isForced, if: precondition)
    }
}
