internal import TenonDomain

struct MemoryConfigStore: ConfigStore {
    let tables: MemoryTables
    let tenant: TenantID

    func add(_ namespace: Namespace) async throws(Failure) {
        guard namespace.tenant == tenant else { throw .bug("A namespace is added in another tenant's transaction.") }
        try tables.change { state throws(Failure) in
            let isTaken = state.namespaces.values.contains { $0.tenant == tenant && $0.name == namespace.name }
            guard !isTaken else {
                throw Failure(.namespaceNameTaken, "There is a namespace \(namespace.name.text) already.")
            }
            state.namespaces[namespace.id] = namespace
        }
    }

    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace {
        guard let namespace = tables.read({ $0.namespaces[id] }), namespace.tenant == tenant else {
            throw Failure(.namespaceNotFound, "There is no namespace with this id.")
        }
        return namespace
    }

    func namespaces(_ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        let all = tables.read { state in state.namespaces.values.filter { $0.tenant == tenant } }
        return cut(all, page) { $0.name.text }
    }

    func add(_ entry: ConfigEntry) async throws(Failure) {
        _ = try await namespace(entry.namespace)
        let path = EntryPath(namespace: entry.namespace, key: entry.key)
        try tables.change { state throws(Failure) in
            guard state.entries[path] == nil else {
                throw Failure(.configKeyTaken, "The namespace has the key \(entry.key.text) already.")
            }
            state.entries[path] = entry
        }
    }

    func entry(_ key: ConfigKey, in namespace: NamespaceID) async throws(Failure) -> ConfigEntry {
        _ = try await self.namespace(namespace)
        guard let entry = tables.read({ $0.entries[EntryPath(namespace: namespace, key: key)] }) else {
            throw Failure(.configNotFound, "The namespace has no key \(key.text).")
        }
        return entry
    }

    func entries(
        in namespace: NamespaceID, prefix: ConfigKeyPrefix, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> {
        _ = try await self.namespace(namespace)
        let all = tables.read { state in
            state.entries.values.filter { $0.namespace == namespace && $0.key.text.hasPrefix(prefix.text) }
        }
        return cut(all, page) { $0.key.text }
    }

    private func cut<Item: Sendable>(
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
