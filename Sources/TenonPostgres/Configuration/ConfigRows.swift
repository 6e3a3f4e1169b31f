internal import TenonDomain
internal import TenonKit

// How rows become namespaces and entries.
extension PostgresConfigStore {
    /// Those of an entry; what else a statement selects stands after them.
    static let columns = 18

    func one(_ rows: PostgresRows) throws(Failure) -> Namespace {
        guard let found = try rows.first({ row throws(PostgresError) in try namespace(row) }) else {
            throw .noNamespace
        }
        return found
    }

    func namespace(_ row: PostgresRow) throws(PostgresError) -> Namespace {
        Namespace(
            id: try row.id(0), tenant: tenant,
            name: try row.value(1) { text throws(Violation) in try NamespaceName(text) },
            description: try row.optionalValue(2) { text throws(Violation) in try Description(text) },
            requiresIfMatch: try row.bool(3), revision: try row.int(4), restoredRevision: try row.int(5),
            createdBy: try row.text(6), createdAt: try row.timestamp(7), updatedAt: try row.timestamp(8))
    }

    /// The first row's entry. No row is no namespace, a row without an entry's id no entry; nil is no such version.
    func one(
        _ rows: PostgresRows, of key: ConfigKey, in namespace: NamespaceID
    ) throws(Failure) -> ConfigEntry? {
        guard let row = rows.first else { throw .noNamespace }
        guard !row.isNull(0) else { throw .noConfig(key) }
        return try rows.first { row throws(PostgresError) in try entry(row, in: namespace) } ?? nil
    }

    /// Without the rows that are the namespace's alone.
    func entries(_ rows: PostgresRows, in namespace: NamespaceID) throws(Failure) -> [ConfigEntry] {
        try rows.decoded { row throws(PostgresError) in try entry(row, in: namespace) }.compactMap { $0 }
    }

    /// A page that may have been cut by the bytes of its values, as the last column tells.
    func page(
        _ rows: (items: PostgresRows, total: Int?), in namespace: NamespaceID, for request: PageRequest,
        sortKey: (ConfigEntry) -> String
    ) throws(Failure) -> Page<ConfigEntry> {
        let found = try entries(rows.items, in: namespace)
        let counted = try rows.items.first { row throws(PostgresError) in try row.optionalInt(Self.columns) } ?? nil
        let count = Int(counted ?? 0)
        if request.isNumbered, found.count < min(count, request.limit) { throw PageSize.tooLarge }
        let kept = found.prefix(request.limit)
        let hasMore = count > kept.count
        return Page(
            items: Array(kept), next: hasMore && !request.isNumbered ? kept.last.map(sortKey) : nil, total: rows.total)
    }

    /// Nil where the row has no version.
    func entry(_ row: PostgresRow, in namespace: NamespaceID) throws(PostgresError) -> ConfigEntry? {
        guard !row.isNull(4) else { return nil }
        return ConfigEntry(
            id: try row.id(0), tenant: tenant, namespace: namespace,
            key: try row.value(1) { text throws(Violation) in try ConfigKey(text) },
            createdBy: try row.text(2), createdAt: try row.timestamp(3), version: try version(row))
    }

    private func version(_ row: PostgresRow) throws(PostgresError) -> ConfigVersion {
        let type: ConfigValueType = try row.choice(9)
        return ConfigVersion(
            id: try row.id(4), number: try row.int(5), change: try row.choice(6),
            position: RevisionPosition(revision: try row.int(7), ordinal: try row.int(8)),
            properties: ConfigProperties(
                valueType: type, schema: try schema(row, 10, for: type),
                description: try row.optionalValue(11) { text throws(Violation) in try Description(text) },
                isSecret: try row.bool(12), tags: try tags(row, 13)),
            sealedValue: row.isNull(14) ? nil : SealedBytes(try row.bytes(14)),
            comment: try row.optionalValue(15) { text throws(Violation) in try ChangeComment(text) },
            author: try row.text(16), at: try row.timestamp(17))
    }

    private func schema(
        _ row: PostgresRow, _ column: Int, for type: ConfigValueType
    ) throws(PostgresError) -> ValidationSchema {
        guard let schema = schemas.schema(try row.optionalText(column), for: type) else {
            throw row.undecodable(column, as: "ValidationSchema")
        }
        return schema
    }

    private func tags(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> ConfigTags {
        let texts = try row.textArray(column)
        if texts.isEmpty { return .none }
        guard let tags = try? ConfigTags(texts) else { throw row.undecodable(column, as: "ConfigTags") }
        return tags
    }

    func address(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> ConfigAddress {
        ConfigAddress(
            namespace: try row.value(column) { text throws(Violation) in try NamespaceName(text) },
            key: try row.value(column + 1) { text throws(Violation) in try ConfigKey(text) })
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
