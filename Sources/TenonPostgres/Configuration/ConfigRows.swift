internal import TenonDomain
internal import TenonKit

/// How rows become entries.
enum ConfigRows {
    struct Entry: Sendable {
        /// Nil where the row has no version.
        let read: @Sendable (NamespaceID, StoredSchemas) throws(PostgresError) -> ConfigEntry?
    }

    static let entry = Columns<Entry> { c in
        let id = c.read("id", as: ConfigID.self)
        let key = c.read("key", as: ConfigKey.self)
        let createdBy = c.read("created_by", as: String.self)
        let createdAt = c.read("created_at", as: Timestamp.self)
        let versionID = c.read("id", as: ConfigVersionID?.self)
        let number = c.read("version", as: Int64.self)
        let change = c.read("change", as: ConfigChange.self)
        let revision = c.read("revision", as: Int64.self)
        let ordinal = c.read("ordinal", as: Int64.self)
        let type = c.read("value_type", as: ConfigValueType.self)
        let schema = c.read("validation_schema", as: String?.self)
        let description = c.read("description", as: Description?.self)
        let isSecret = c.read("is_secret", as: Bool.self)
        let tags = c.read("tags", as: [String].self)
        let sealed = c.read("sealed_value", as: SealedBytes?.self)
        let comment = c.read("comment", as: ChangeComment?.self)
        let author = c.read("created_by", as: String.self)
        let at = c.read("created_at", as: Timestamp.self)
        return { row, tenant throws(PostgresError) in
            Entry { namespace, schemas throws(PostgresError) in
                guard let versionID = try row[versionID] else { return nil }
                let type = try row[type]
                let version = ConfigVersion(
                    id: versionID, number: try row[number], change: try row[change],
                    position: RevisionPosition(revision: try row[revision], ordinal: try row[ordinal]),
                    properties: ConfigProperties(
                        valueType: type, schema: try row.parsed(schema) { schemas.schema($0, for: type) },
                        description: try row[description], isSecret: try row[isSecret],
                        tags: try row.parsed(tags) { try $0.isEmpty ? .none : ConfigTags($0) }),
                    sealedValue: try row[sealed], comment: try row[comment], author: try row[author], at: try row[at])
                return ConfigEntry(
                    id: try row[id], tenant: tenant, namespace: namespace, key: try row[key],
                    createdBy: try row[createdBy], createdAt: try row[createdAt], version: version)
            }
        }
    }

    /// An entry that refers to others, and one of them.
    static let reference = Columns<(from: ConfigAddress, isPresent: Bool, to: ConfigAddress?)> { c in
        let (namespace, key) = (c.read("namespace", as: NamespaceName.self), c.read("key", as: ConfigKey.self))
        let isPresent = c.read("is_present", as: Bool.self)
        let targetNamespace = c.read("target_namespace", as: NamespaceName?.self)
        let targetKey = c.read("target_key", as: ConfigKey?.self)
        return { row, _ throws(PostgresError) in
            var target: ConfigAddress?
            if let namespace = try row[targetNamespace], let key = try row[targetKey] {
                target = ConfigAddress(namespace: namespace, key: key)
            }
            return (ConfigAddress(namespace: try row[namespace], key: try row[key]), try row[isPresent], target)
        }
    }
}

extension PostgresConfigStore {
    /// The first row's entry. No row is no namespace, a row without an entry's id no entry; nil is no such version.
    func one(
        _ rows: PostgresRows, of key: ConfigKey, in namespace: NamespaceID
    ) throws(Failure) -> ConfigEntry? {
        guard !rows.isEmpty else { throw .noNamespace }
        guard try rows.value("id", as: ConfigID?.self) != .some(nil) else { throw .noConfig(key) }
        return try entries(rows, in: namespace, upTo: 1).first
    }

    /// Without the rows that are the namespace's alone.
    func entries(
        _ rows: PostgresRows, in namespace: NamespaceID, upTo count: Int = .max
    ) throws(Failure) -> [ConfigEntry] {
        try rows.decoded(by: ConfigRows.entry, upTo: count) { row throws(PostgresError) in
            try ConfigRows.entry.decode(row, scope.tenant).read(namespace, schemas)
        }.compactMap(\.self)
    }

    /// A page that may have been cut by the bytes of its values, as `page_rows` tells.
    func page(
        _ rows: (items: PostgresRows, total: Int?), in namespace: NamespaceID, for request: PageRequest,
        sortKey: (ConfigEntry) -> String
    ) throws(Failure) -> Page<ConfigEntry> {
        let found = try entries(rows.items, in: namespace)
        let count = try rows.items.value("page_rows", as: Int?.self).flatMap(\.self) ?? 0
        if request.isNumbered, found.count < min(count, request.limit) { throw PageSize.tooLarge }
        let kept = found.prefix(request.limit)
        let hasMore = count > kept.count
        return Page(
            items: Array(kept), next: hasMore && !request.isNumbered ? kept.last.map(sortKey) : nil, total: rows.total)
    }
}

extension ConfigMoment {
    /// The revision and the time, one of them null.
    var binds: [PostgresValue] {
        switch self {
        case .revision(let revision): [.int(revision), .null]
        case .time(let time): [.null, .timestamp(time)]
        }
    }
}
