internal import TenonDomain

struct MemoryConfigStore: ConfigStore {
    let tables: MemoryTables
    let tenant: TenantID

    // MARK: Entries

    func entry(
        _ key: ConfigKey, in namespace: NamespaceID
    ) async throws(Failure) -> (entry: ConfigEntry, revision: Int64) {
        try tables.read { state throws(Failure) in
            let revision = try self.namespace(namespace, in: state).revision
            guard let entry = history(key, namespace, in: state).last, !entry.isDeleted else { throw .noConfig(key) }
            return (entry, revision)
        }
    }

    func entries(
        in namespace: NamespaceID, _ filter: ConfigFilter, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> {
        let matching = try tables.read { state throws(Failure) -> [ConfigEntry] in
            _ = try self.namespace(namespace, in: state)
            return state.histories.compactMap { path, history in
                guard path.namespace == namespace, let entry = Self.entry(of: history, asOf: filter.asOf),
                    !entry.isDeleted, filter.matches(entry)
                else { return nil }
                return entry
            }
        }
        return try cut(Page(of: matching, page, by: \.key.text), page) { $0.key.text }
    }

    func entry(
        _ key: ConfigKey, in namespace: NamespaceID, at choice: ConfigVersionChoice
    ) async throws(Failure) -> ConfigEntry {
        let history = try tables.read { state throws(Failure) in
            _ = try self.namespace(namespace, in: state)
            return self.history(key, namespace, in: state)
        }
        guard !history.isEmpty else { throw .noConfig(key) }
        switch choice {
        case .number(let number):
            guard let entry = history.first(where: { $0.version.number == number }) else {
                throw .noConfigVersion(number, of: key)
            }
            return entry.asSecret(as: history)
        case .asOf(let moment):
            guard let entry = Self.entry(of: history, asOf: moment), !entry.isDeleted else { throw .noConfig(key) }
            return entry
        }
    }

    func versions(
        of key: ConfigKey, in namespace: NamespaceID, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> {
        let history = try tables.read { state throws(Failure) in
            _ = try self.namespace(namespace, in: state)
            return self.history(key, namespace, in: state)
        }
        guard !history.isEmpty else { throw .noConfig(key) }
        let below = Int64(page.lowerBound) ?? .max
        let rest = history.reversed().filter { $0.version.number < below }.dropFirst(page.offset)
        let whole = Page(
            overfull: rest.prefix(page.limit + 1).map { $0.asSecret(as: history) }, for: page,
            total: page.isNumbered ? history.count : nil
        ) { String($0.version.number) }
        return try cut(whole, page) { String($0.version.number) }
    }

    func changes(
        in namespace: NamespaceID, after position: RevisionPosition, limit: Int
    ) async throws(Failure) -> (changes: [ConfigEntry], revision: Int64, restoredRevision: Int64) {
        try tables.read { state throws(Failure) in
            let found = try self.namespace(namespace, in: state)
            let all = state.histories.filter { $0.key.namespace == namespace }.values.flatMap { history in
                history.filter { $0.version.position > position }.map { $0.asSecret(as: history) }
            }
            let changes = all.sorted { $0.version.position < $1.version.position }.prefix(limit)
            let count = PageSize.cut(changes.map(\.sealedCount), at: PageSize.maxChangeBytes)
            return (Array(changes.prefix(count)), found.revision, found.restoredRevision)
        }
    }

    func countEntries(in namespace: NamespaceID) async throws(Failure) -> Int64 {
        Int64(
            tables.read { state in
                state.histories.count { path, history in
                    path.namespace == namespace && history.last?.tenant == tenant && history.last?.isDeleted == false
                }
            })
    }

    private func history(
        _ key: ConfigKey, _ namespace: NamespaceID, in state: borrowing MemoryState
    ) -> [ConfigEntry] {
        state.histories[EntryPath(namespace: namespace, key: key)] ?? []
    }

    private static func entry(of history: [ConfigEntry], asOf moment: ConfigMoment?) -> ConfigEntry? {
        switch moment {
        case nil: history.last
        case .revision(let revision):
            history.last { $0.version.position.revision <= revision }?.asSecret(as: history)
        case .time(let time): history.last { $0.version.at <= time }?.asSecret(as: history)
        }
    }

    // MARK: Changes

    func revise(
        _ id: NamespaceID, keys: [ConfigKey]
    ) async throws(Failure) -> (namespace: Namespace, entries: [ConfigKey: ConfigEntry]) {
        try tables.read { state throws(Failure) in
            let namespace = try namespace(id, in: state)
            var entries: [ConfigKey: ConfigEntry] = [:]
            var bytes = 0
            for key in keys {
                entries[key] = history(key, id, in: state).last
                bytes += entries[key]?.version.sealedValue?.bytes.count ?? 0
                guard bytes <= ConfigRevision.maxStandingBytes else { throw ConfigRevision.tooLarge }
            }
            return (namespace, entries)
        }
    }

    func references(from addresses: [ConfigAddress]) async throws(Failure) -> ReferenceGraph {
        try tables.read { state throws(Failure) in
            var graph = ReferenceGraph()
            var edges = 0
            var ahead = addresses
            var seen = Set(addresses)
            while let address = ahead.popLast() {
                if let namespace = find(address.namespace, in: state),
                    history(address.key, namespace.id, in: state).last?.isDeleted == false
                {
                    graph.present.insert(address)
                }
                guard let targets = state.references[tenant]?[address] else { continue }
                graph.edges[address] = targets
                edges += targets.count
                guard edges <= ReferenceGraph.maxEdges else { throw ReferenceGraph.tooLarge }
                ahead += targets.filter { seen.insert($0).inserted }
            }
            return graph
        }
    }

    func save(_ revision: ConfigRevision) async throws(Failure) {
        try await save(revision.namespace)
        tables.change { state in
            for entry in revision.changes {
                state.histories[EntryPath(namespace: entry.namespace, key: entry.key), default: []].append(entry)
                let address = ConfigAddress(namespace: revision.namespace.name, key: entry.key)
                state.references[tenant, default: [:]][address] = revision.references[entry.key]
            }
        }
    }

    /// By the bytes of the values.
    private func cut(
        _ page: Page<ConfigEntry>, _ request: PageRequest, by sortKey: (ConfigEntry) -> String
    ) throws(Failure) -> Page<ConfigEntry> {
        let count = PageSize.cut(page.items.map(\.sealedCount), at: PageSize.maxBytes)
        guard count < page.items.count else { return page }
        guard !request.isNumbered else { throw PageSize.tooLarge }
        return Page(items: Array(page.items.prefix(count)), next: sortKey(page.items[count - 1]), total: nil)
    }
}

extension ConfigFilter {
    fileprivate func matches(_ entry: ConfigEntry) -> Bool {
        entry.key.text.hasPrefix(prefix.text)
            && (tag.map { entry.version.properties.tags.texts.contains($0.text) } ?? true)
            && (search.map { entry.key.text.lowercased().contains($0.text) } ?? true)
    }
}

extension ConfigEntry {
    /// All versions of a current secret count as secrets.
    fileprivate func asSecret(as history: [ConfigEntry]) -> ConfigEntry {
        guard !isSecret, history.last?.isSecret == true else { return self }
        return with(isSecret: true)
    }

    /// The same version, with another seal or as a secret.
    func with(sealed: SealedBytes? = nil, isSecret: Bool? = nil) -> ConfigEntry {
        let properties = version.properties
        return ConfigEntry(
            id: id, tenant: tenant, namespace: namespace, key: key, createdBy: createdBy, createdAt: createdAt,
            version: ConfigVersion(
                id: version.id, number: version.number, change: version.change, position: version.position,
                properties: ConfigProperties(
                    valueType: properties.valueType, schema: properties.schema, description: properties.description,
                    isSecret: isSecret ?? properties.isSecret, tags: properties.tags),
                sealedValue: sealed ?? version.sealedValue, comment: version.comment, author: version.author,
                at: version.at))
    }
}
