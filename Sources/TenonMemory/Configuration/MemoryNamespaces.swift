internal import TenonDomain

extension MemoryConfigStore {
    private var table: MemoryTable<Namespace> { MemoryTable(tables: tables, tenant: tenant, rows: \.namespaces) }

    func add(_ namespace: Namespace) async throws(Failure) { try await table.add(namespace) }

    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace {
        guard let namespace = try await table.get(id) else { throw .noNamespace }
        return namespace
    }

    func namespace(named name: NamespaceName) async throws(Failure) -> Namespace {
        guard let namespace = tables.read({ find(name, in: $0) }) else { throw .noNamespace }
        return namespace
    }

    func namespaces(named name: NamespaceName?, _ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        try await table.page(page) { name == nil || $0.name == name }
    }

    func save(_ namespace: Namespace) async throws(Failure) {
        try await table.save(namespace)
        tables.change { $0.revised[namespace.id] = namespace.revision }
    }

    func remove(_ namespace: Namespace) async throws(Failure) {
        try await table.remove(namespace.id)
        tables.change { state in
            state.histories = state.histories.filter { $0.key.namespace != namespace.id }
            state.references[tenant] = state.references[tenant]?.filter { $0.key.namespace != namespace.name }
            state.revised[namespace.id] = Namespace.removedRevision
        }
    }

    func namespace(_ id: NamespaceID, in state: borrowing MemoryState) throws(Failure) -> Namespace {
        guard let namespace = state.namespaces[tenant, id] else { throw .noNamespace }
        return namespace
    }

    func find(_ name: NamespaceName, in state: borrowing MemoryState) -> Namespace? {
        state.namespaces.of(tenant).first { $0.name == name }
    }
}
