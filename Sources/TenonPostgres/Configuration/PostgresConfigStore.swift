internal import TenonDomain

struct PostgresConfigStore: ConfigStore {
    let runner: any StatementRunner
    let tenant: TenantID
    let schemas: StoredSchemas

    func add(_ namespace: Namespace) async throws(Failure) {
        guard namespace.tenant == tenant else { throw .bug("A namespace is added in another tenant's transaction.") }
        _ = try await runner.rows(
            ConfigStatements.insertNamespace,
            [
                .id(tenant), .id(namespace.id), .text(namespace.name.text), .optional(namespace.description?.text),
                .int(namespace.version), .text(namespace.createdBy), .timestamp(namespace.createdAt),
                .timestamp(namespace.updatedAt),
            ],
            constraints: [
                "namespaces_name_key": Failure(
                    .namespaceNameTaken, "There is a namespace \(namespace.name.text) already.")
            ])
    }

    func namespace(_ id: NamespaceID) async throws(Failure) -> Namespace {
        let found = try await runner.rows(ConfigStatements.selectNamespace, [.id(tenant), .id(id)])
            .first { row throws(PostgresError) in try namespace(row) }
        guard let found else { throw Self.noNamespace }
        return found
    }

    func namespaces(_ page: PageRequest) async throws(Failure) -> Page<Namespace> {
        let rows = try await runner.rows(
            ConfigStatements.selectNamespaces,
            [
                .id(tenant), .text(page.lowerBound), .int(Int64(page.limit + 1)), .int(Int64(page.offset)),
                .bool(page.isNumbered),
            ])
        let counted = try rows.decoded { row throws(PostgresError) in (try namespace(row), try row.optionalInt(7)) }
        let total = try await total(of: counted, for: page) { () throws(Failure) in
            try await runner.rows(ConfigStatements.countNamespaces, [.id(tenant)])
        }
        return Page(overfull: counted.map(\.0), for: page, total: total) { $0.name.text }
    }

    func add(_ entry: ConfigEntry) async throws(Failure) {
        guard entry.tenant == tenant else { throw .bug("An entry is added in another tenant's transaction.") }
        let schema = PostgresValue.optional(entry.schema.json?.description)
        _ = try await runner.rows(
            [
                Command(
                    ConfigStatements.insertConfig,
                    [
                        .id(tenant), .id(entry.id), .id(entry.namespace), .text(entry.key.text),
                        .optional(entry.description?.text), .bool(entry.isSecret), .text(entry.valueType.rawValue),
                        schema, .int(entry.version), .id(entry.versionID), .text(entry.createdBy),
                        .timestamp(entry.createdAt), .text(entry.updatedBy), .timestamp(entry.updatedAt),
                    ]),
                Command(
                    ConfigStatements.insertVersion,
                    [
                        .id(tenant), .id(entry.versionID), .id(entry.id), .int(entry.version),
                        .text(entry.valueType.rawValue), schema, .bytes(entry.sealedValue.bytes),
                        .text(entry.updatedBy), .timestamp(entry.updatedAt),
                    ]),
            ],
            constraints: [
                "configs_key_key": Failure(
                    .configKeyTaken, "The namespace has the key \(entry.key.text) already."),
                "configs_namespace_fkey": Self.noNamespace,
            ])
    }

    func entry(_ key: ConfigKey, in namespace: NamespaceID) async throws(Failure) -> ConfigEntry {
        let rows = try await runner.rows(
            ConfigStatements.selectEntry, [.id(tenant), .id(namespace), .text(key.text)])
        if let entry = try rows.first({ row throws(PostgresError) in try entry(row, in: namespace) }) ?? nil {
            return entry
        }
        // Only a miss asks which of the two is missing.
        _ = try await self.namespace(namespace)
        throw Failure(.configNotFound, "The namespace has no key \(key.text).")
    }

    func entries(
        in namespace: NamespaceID, prefix: ConfigKeyPrefix, _ page: PageRequest
    ) async throws(Failure) -> Page<ConfigEntry> {
        let rows = try await runner.rows(
            ConfigStatements.selectEntries,
            [
                .id(tenant), .id(namespace), .text(prefix.text), .text(page.lowerBound), .int(Int64(page.limit + 1)),
                .int(Int64(page.offset)), .bool(page.isNumbered),
            ])
        guard !rows.isEmpty else { throw Self.noNamespace }
        let counted = try rows.decoded { row throws(PostgresError) in
            (try entry(row, in: namespace), try row.optionalInt(13))
        }
        let present = counted.compactMap { counted in counted.0.map { ($0, counted.1) } }
        let total = try await total(of: present, for: page) { () throws(Failure) in
            try await runner.rows(
                ConfigStatements.countEntries, [.id(tenant), .id(namespace), .text(prefix.text)])
        }
        return Page(overfull: present.map(\.0), for: page, total: total) { $0.key.text }
    }

    /// A numbered page counts in its own statement; one behind the end has no row to carry the count.
    private func total<Item>(
        of items: [(Item, Int64?)], for page: PageRequest, orElse count: () async throws(Failure) -> PostgresRows
    ) async throws(Failure) -> Int? {
        guard page.isNumbered else { return nil }
        if let counted = items.first?.1 { return Int(counted) }
        return try await count().first { row throws(PostgresError) in Int(try row.int(0)) }
    }

    private func namespace(_ row: PostgresRow) throws(PostgresError) -> Namespace {
        Namespace(
            id: try row.id(0), tenant: tenant,
            name: try row.value(1) { text throws(Violation) in try NamespaceName(text) },
            description: try row.optionalValue(2) { text throws(Violation) in try Description(text) },
            version: try row.int(3), createdBy: try row.text(4), createdAt: try row.timestamp(5),
            updatedAt: try row.timestamp(6))
    }

    /// Nil where the row is the namespace's alone.
    private func entry(_ row: PostgresRow, in namespace: NamespaceID) throws(PostgresError) -> ConfigEntry? {
        guard !row.isNull(0) else { return nil }
        let type: ConfigValueType = try row.choice(4)
        return ConfigEntry(
            id: try row.id(0), tenant: tenant, namespace: namespace,
            key: try row.value(1) { text throws(Violation) in try ConfigKey(text) },
            description: try row.optionalValue(2) { text throws(Violation) in try Description(text) },
            isSecret: try row.bool(3), valueType: type, schema: try schema(row, 5, for: type),
            version: try row.int(6), versionID: try row.id(7), sealedValue: SealedBytes(try row.bytes(8)),
            createdBy: try row.text(9), createdAt: try row.timestamp(10), updatedBy: try row.text(11),
            updatedAt: try row.timestamp(12))
    }

    private func schema(
        _ row: PostgresRow, _ column: Int, for type: ConfigValueType
    ) throws(PostgresError) -> ValidationSchema {
        guard let schema = schemas.schema(try row.optionalText(column), for: type) else {
            throw row.undecodable(column, as: "ValidationSchema")
        }
        return schema
    }

    private static let noNamespace = Failure(.namespaceNotFound, "There is no namespace with this id.")
}
