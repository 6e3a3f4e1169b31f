internal import TenonDomain

struct PostgresConfigStore: ConfigStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let schemas: StoredSchemas
    /// Nil where nothing is written.
    let pending: PendingRecords?

    // MARK: Namespaces

    func add(_ namespace: Namespace) async throws(Failure) {
        guard namespace.tenant == tenant else { throw .bug("A namespace is added in another tenant's transaction.") }
        _ = try await runner.rows(
            NamespaceStatements.insert,
            [
                .id(tenant), .id(namespace.id), .text(namespace.name.text), .optional(namespace.description?.text),
                .bool(namespace.requiresIfMatch), .int(namespace.revision), .text(namespace.createdBy),
                .timestamp(namespace.createdAt), .timestamp(namespace.updatedAt),
            ],
            constraints: ["namespaces_name_key": .nameTaken(namespace.name)])
    }

    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace {
        try one(try await runner.rows(NamespaceStatements.select, [.id(tenant), .id(id)]))
    }

    func namespace(named name: NamespaceName) async throws(Failure) -> Namespace {
        try one(try await runner.rows(NamespaceStatements.selectByName, [.id(tenant), .text(name.text)]))
    }

    func namespaces(named name: NamespaceName?, _ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        let rows = try await runner.page(
            page,
            Command(
                NamespaceStatements.selectPage,
                [
                    .id(tenant), .text(page.lowerBound), .int(Int64(page.limit + 1)), .int(Int64(page.offset)),
                    .optional(name?.text),
                ]),
            counted: Command(NamespaceStatements.count, [.id(tenant), .optional(name?.text)]))
        let found = try rows.items.decoded { row throws(PostgresError) in try namespace(row) }
        return Page(overfull: found, for: page, total: rows.total) { $0.name.text }
    }

    // MARK: Entries as they are

    func entry(
        _ key: ConfigKey, in namespace: NamespaceID
    ) async throws(Failure) -> (entry: ConfigEntry, revision: Int64) {
        let rows = try await runner.rows(
            ConfigStatements.selectEntry, [.id(tenant), .id(namespace), .text(key.text)])
        let found = try rows.first { row throws(PostgresError) in
            (entry: try entry(row, in: namespace), revision: try row.int(Self.columns))
        }
        guard let found else { throw .noNamespace }
        guard let entry = found.entry else { throw .noConfig(key) }
        return (entry, found.revision)
    }

    func entries(
        in namespace: NamespaceID, _ filter: ConfigFilter, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> {
        let common: [PostgresValue] = [.id(tenant), .id(namespace), .text(filter.prefix.text)]
        let tests: [PostgresValue] = [.optional(filter.tag?.text), .optional(filter.search?.text)]
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
        return try rows.first { row throws(PostgresError) in try row.int(0) } ?? 0
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
        let found = try rows.first { row throws(PostgresError) in
            (revision: try row.int(Self.columns), restored: try row.int(Self.columns + 1))
        }
        guard let found else { throw .noNamespace }
        return (try entries(rows, in: namespace), found.revision, found.restored)
    }

    // MARK: Changes

    func revise(
        _ id: NamespaceID, keys: [ConfigKey]
    ) async throws(Failure) -> (namespace: Namespace, entries: [ConfigKey: ConfigEntry]) {
        var commands = [
            PostgresDataKeyRotation.lockForSealing(tenant),
            Command(NamespaceStatements.lock, [.id(tenant), .id(id)]),
        ]
        if !keys.isEmpty {
            commands.append(
                Command(
                    ConfigStatements.selectEntriesByKeys, [.id(tenant), .id(id), .textArray(keys.map(\.text))]))
        }
        let results = try await runner.rows(commands).dropFirst().map { $0 }
        let namespace = try one(results[0])
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
        let rows = try results[1].decoded { row throws(PostgresError) in
            let target = row.isNull(3) ? nil : try address(row, 3)
            return (from: try address(row, 0), isPresent: try row.bool(2), to: target)
        }
        for row in rows {
            if row.isPresent { graph.present.insert(row.from) }
            if let target = row.to { graph.edges[row.from, default: []].insert(target) }
        }
        return graph
    }

    func save(_ revision: ConfigRevision) async throws(Failure) {
        pending?.revised(revision.namespace.id, to: revision.namespace.revision)
        try await runner.execute(
            [update(revision.namespace)] + ConfigRevisionCommands(revision, of: tenant).all)
    }

    func save(_ namespace: Namespace) async throws(Failure) {
        pending?.revised(namespace.id, to: namespace.revision)
        try await runner.execute([update(namespace)])
    }

    func remove(_ namespace: Namespace) async throws(Failure) {
        pending?.revised(namespace.id, to: Namespace.removedRevision)
        let name = PostgresValue.text(namespace.name.text)
        try await runner.execute([
            Command(NamespaceStatements.deleteReferences, [.id(tenant), name]),
            Command(NamespaceStatements.deleteVersions, [.id(tenant), .id(namespace.id)]),
            Command(NamespaceStatements.deleteConfigs, [.id(tenant), .id(namespace.id)]),
            Command(NamespaceStatements.delete, [.id(tenant), .id(namespace.id)]),
        ])
    }

    private func update(_ namespace: Namespace) -> Command {
        Command(
            NamespaceStatements.update,
            [
                .id(tenant), .id(namespace.id), .optional(namespace.description?.text),
                .bool(namespace.requiresIfMatch), .int(namespace.revision), .timestamp(namespace.updatedAt),
            ])
    }
}
