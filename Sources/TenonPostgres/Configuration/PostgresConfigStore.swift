internal import TenonDomain

struct PostgresConfigStore: ConfigStore {
    let scope: PostgresScope
    let schemas: StoredSchemas
    /// Nil where nothing is written.
    let pending: PendingRecords?

    private var runner: any StatementRunner { scope.runner }
    private var tenant: TenantID { scope.tenant }
    private var namespaces: PostgresTable<Namespace> { PostgresTable(Namespace.table, scope) }

    // MARK: Namespaces

    func add(_ namespace: Namespace) async throws(Failure) { try await namespaces.add(namespace) }

    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace {
        guard let found = try await namespaces.get(id) else { throw .noNamespace }
        return found
    }

    func namespace(named name: NamespaceName) async throws(Failure) -> Namespace {
        guard let found = try await namespaces.one(NamespaceStatements.selectByName, [name.bind]) else {
            throw .noNamespace
        }
        return found
    }

    func namespaces(named name: NamespaceName?, _ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        try await namespaces.page(page, [name.bind])
    }

    // MARK: Current entries

    func entry(
        _ key: ConfigKey, in namespace: NamespaceID
    ) async throws(Failure) -> (entry: ConfigEntry, revision: Int64) {
        let rows = try await runner.rows(
            ConfigStatements.selectEntry, [.id(tenant), .id(namespace), .text(key.text)])
        guard let revision = try rows.value("namespace_revision", as: Int64.self) else { throw .noNamespace }
        guard let entry = try entries(rows, in: namespace).first else { throw .noConfig(key) }
        return (entry, revision)
    }

    func entries(
        in namespace: NamespaceID, _ filter: ConfigFilter, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> {
        let common: [PostgresValue] = [.id(tenant), .id(namespace), .text(filter.prefix.text)]
        let tests: [PostgresValue] = [(filter.tag?.text).bind, (filter.search?.text).bind]
        let cut: [PostgresValue] = [.int(Int64(page.limit + 1)), .int(Int64(page.offset))]
        let select: Command
        let count: Command
        if let moment = filter.asOf {
            let past = common + moment.binds + tests
            select = Command(ConfigHistoryStatements.selectEntriesAsOf, past + [.text(page.lowerBound)] + cut)
            count = Command(ConfigHistoryStatements.countEntriesAsOf, past + [.text("")])
        } else {
            select = Command(ConfigStatements.selectEntries, common + [.text(page.lowerBound)] + cut + tests)
            count = Command(ConfigStatements.countEntries, common + tests)
        }
        let rows = try await runner.page(page, select, counted: count)
        guard !rows.items.isEmpty else { throw .noNamespace }
        return try self.page(rows, in: namespace, for: page) { $0.key.text }
    }

    func countEntries(in namespace: NamespaceID) async throws(Failure) -> Int64 {
        let rows = try await runner.rows(
            ConfigStatements.countEntries, [.id(tenant), .id(namespace), .text(""), .null, .null])
        return try rows.value("count") ?? 0
    }

    // MARK: The past

    func entry(
        _ key: ConfigKey, in namespace: NamespaceID, at choice: ConfigVersionChoice
    ) async throws(Failure) -> ConfigEntry {
        let common: [PostgresValue] = [.id(tenant), .id(namespace), .text(key.text)]
        let rows: PostgresRows
        switch choice {
        case .number(let number):
            rows = try await runner.rows(ConfigHistoryStatements.selectVersion, common + [.int(number)])
            let found = try one(rows, of: key, in: namespace)
            guard let found else {
                throw .noConfigVersion(number, of: key)
            }
            return found
        case .asOf(let moment):
            rows = try await runner.rows(ConfigHistoryStatements.selectVersionAsOf, common + moment.binds)
            let found = try one(rows, of: key, in: namespace)
            guard let found, !found.isDeleted else { throw .noConfig(key) }
            return found
        }
    }

    func versions(
        of key: ConfigKey, in namespace: NamespaceID, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> {
        let common: [PostgresValue] = [.id(tenant), .id(namespace), .text(key.text)]
        let rows = try await runner.page(
            page,
            Command(
                ConfigHistoryStatements.selectVersions,
                common + [
                    .int(Int64(page.lowerBound) ?? .max), .int(Int64(page.limit + 1)), .int(Int64(page.offset)),
                ]),
            counted: Command(ConfigHistoryStatements.countVersions, common))
        _ = try one(rows.items, of: key, in: namespace)
        return try self.page(rows, in: namespace, for: page) { String($0.version.number) }
    }

    func changes(
        in namespace: NamespaceID, after position: RevisionPosition, limit: Int
    ) async throws(Failure) -> (changes: [ConfigEntry], revision: Int64, restoredRevision: Int64) {
        let rows = try await runner.rows(
            ConfigHistoryStatements.selectChanges,
            [.id(tenant), .id(namespace), .int(position.revision), .int(position.ordinal), .int(Int64(limit))])
        guard let revision = try rows.value("namespace_revision", as: Int64.self),
            let restored = try rows.value("restored_revision", as: Int64.self)
        else { throw .noNamespace }
        return (try entries(rows, in: namespace), revision, restored)
    }

    // MARK: Changes

    func revise(
        _ id: NamespaceID, keys: [ConfigKey]
    ) async throws(Failure) -> (namespace: Namespace, entries: [ConfigKey: ConfigEntry]) {
        var commands = [
            PostgresDataKeyRotation.lockForSealing(tenant),
            Command(Namespace.table.lock, [.id(tenant), .id(id)]),
        ]
        if !keys.isEmpty {
            commands.append(
                Command(
                    ConfigStatements.selectEntriesByKeys, [.id(tenant), .id(id), .textArray(keys.map(\.text))]))
        }
        let results = try await runner.rows(commands).dropFirst().map { $0 }
        guard let namespace = try results[0].first(Namespace.table.columns, of: tenant) else { throw .noNamespace }
        var standing: [ConfigKey: ConfigEntry] = [:]
        if results.count > 1 {
            for entry in try entries(results[1], in: id) {
                guard entry.isDeleted || entry.version.sealedValue != nil else { throw ConfigRevision.tooLarge }
                standing[entry.key] = entry
            }
        }
        return (namespace, standing)
    }

    func references(from addresses: [ConfigAddress]) async throws(Failure) -> ReferenceGraph {
        let results = try await runner.rows([
            Command(ConfigStatements.lockReferences, [.id(tenant)]),
            Command(
                ConfigStatements.selectReferences,
                [
                    .id(tenant), .textArray(addresses.map(\.namespace.text)),
                    .textArray(addresses.map(\.key.text)), .int(Int64(ReferenceGraph.maxEdges + 1)),
                ]),
        ])
        guard results[1].count <= ReferenceGraph.maxEdges else { throw ReferenceGraph.tooLarge }
        var graph = ReferenceGraph()
        for row in try results[1].decoded(ConfigRows.reference, of: tenant) {
            if row.isPresent { graph.present.insert(row.from) }
            if let target = row.to { graph.edges[row.from, default: []].insert(target) }
        }
        return graph
    }

    func save(_ revision: ConfigRevision) async throws(Failure) {
        pending?.revised(revision.namespace.id, to: revision.namespace.revision)
        try await runner.execute(
            try await namespaces.update(revision.namespace) + ConfigRevisionCommands(revision, of: tenant).all)
    }

    func save(_ namespace: Namespace) async throws(Failure) {
        pending?.revised(namespace.id, to: namespace.revision)
        try await namespaces.save(namespace)
    }

    func remove(_ namespace: Namespace) async throws(Failure) {
        pending?.revised(namespace.id, to: Namespace.removedRevision)
        let name = PostgresValue.text(namespace.name.text)
        try await runner.execute([
            Command(NamespaceStatements.deleteReferences, [.id(tenant), name]),
            Command(NamespaceStatements.deleteVersions, [.id(tenant), .id(namespace.id)]),
            Command(NamespaceStatements.deleteConfigs, [.id(tenant), .id(namespace.id)]),
        ])
        try await namespaces.remove(namespace.id)
    }
}
