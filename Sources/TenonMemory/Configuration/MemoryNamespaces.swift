internal import TenonDomain
internal import TenonKit

extension MemoryConfigStore {
    func add(_ namespace: Namespace) async throws(Failure) {
        guard namespace.tenant == tenant else { throw .bug("A namespace is added in another tenant's transaction.") }
        try tables.change { state throws(Failure) in
            guard find(namespace.name, in: state) == nil else {
                throw .nameTaken(namespace.name)
            }
            state.namespaces[namespace.id] = namespace
        }
    }

    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace {
        try tables.read { state throws(Failure) in try namespace(id, in: state) }
    }

    func namespace(named name: NamespaceName) async throws(Failure) -> Namespace {
        guard let namespace = tables.read({ find(name, in: $0) }) else { throw .noNamespace }
        return namespace
    }

    func namespaces(named name: NamespaceName?, _ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        let all = tables.read { state in
            state.namespaces.values.filter { $0.tenant == tenant && (name == nil || $0.name == name) }
        }
        return cut(all, page) { $0.name.text }
    }

    func save(_ namespace: Namespace) async throws(Failure) {
        tables.change { state in
            state.namespaces[namespace.id] = namespace
            state.revised[namespace.id] = namespace.revision
        }
    }

    func remove(_ namespace: Namespace) async throws(Failure) {
        tables.change { state in
            state.namespaces[namespace.id] = nil
            state.histories = state.histories.filter { $0.key.namespace != namespace.id }
            state.references[tenant] = state.references[tenant]?.filter { $0.key.namespace != namespace.name }
            state.revised[namespace.id] = Namespace.removedRevision
        }
    }

    func namespace(_ id: NamespaceID, in state: borrowing MemoryState) throws(Failure) -> Namespace {
        guard let namespace = state.namespaces[id], namespace.tenant == tenant else { throw .noNamespace }
        return namespace
    }

    func find(_ name: NamespaceName, in state: borrowing MemoryState) -> Namespace? {
        state.namespaces.values.first { $0.tenant == tenant && $0.name == name }
    }

    /// The page of all the items, in the order of their sort keys' bytes.
    func cut<Item: Sendable>(
        _ all: [Item], _ page: PageRequest, by sortKey: (Item) -> String
    ) -> Page<Item> {
        let sorted = all.sorted { sortKey($0).utf8.lexicographicallyPrecedes(sortKey($1).utf8) }
        let rest = sorted.drop { item in
            !page.lowerBound.utf8.lexicographicallyPrecedes(sortKey(item).utf8)
        }
        return Page(
            overfull: Array(rest.dropFirst(page.offset).prefix(page.limit + 1)), for: page,
            total: page.isNumbered ? all.count : nil, sortKey: sortKey)
    }
}
