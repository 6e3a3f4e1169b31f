internal import TenonDomain

/// What the stores of a transaction share.
struct PostgresScope: Sendable {
    /// Runs in the database that holds the tenant's rows.
    let runner: any StatementRunner
    let tenant: TenantID
    let digests: any KeyedDigests
    /// Nil where nothing is written, and where the directory finds the rows themselves.
    let directory: DirectoryWriter?
}

/// The plain verbs of a table of resources. The tenant is named in every statement.
struct PostgresTable<Entity: StoredResource>: Sendable where Entity.Key: ColumnValue {
    let statements: TableStatements<Entity>
    let scope: PostgresScope

    init(_ statements: TableStatements<Entity>, _ scope: PostgresScope) {
        self.statements = statements
        self.scope = scope
    }

    private var runner: any StatementRunner { scope.runner }
    private var tenant: TenantID { scope.tenant }
    var columns: Columns<Entity> { statements.columns }

    /// Fails with what `Entity.uniqueKeys` says.
    func add(_ entity: Entity) async throws(Failure) {
        let commands = try await insert(entity)
        guard !Entity.uniqueKeys.isEmpty else { return try await runner.execute(commands) }
        _ = try await rows(commands, for: entity)
    }

    /// What `add` runs, the row's own last. The directory's entries are written when this returns.
    func insert(_ entity: Entity) async throws(Failure) -> [Command] {
        try await enter(entity)
        return sealing + [Command(statements.insert, columns.values(of: entity, in: tenant, scope.digests))]
    }

    func get(_ key: Entity.Key) async throws(Failure) -> Entity? {
        try await one(statements.select, [key.bind])
    }

    /// The same, locked until the transaction ends: a second caller waits.
    func getForUpdate(_ key: Entity.Key) async throws(Failure) -> Entity? {
        try await one(statements.lock, [key.bind])
    }

    /// The first row of another statement that names the tenant first.
    func one(_ statement: Statement, _ values: [PostgresValue]) async throws(Failure) -> Entity? {
        try await runner.rows(statement, bound(values)).first(columns, of: tenant)
    }

    /// All of them, in the order of lists.
    func all() async throws(Failure) -> [Entity] {
        try await runner.rows(statements.selectAll, bound([])).decoded(columns, of: tenant)
    }

    /// `binds` are those of the list's condition.
    func page(_ request: PageRequest, _ binds: [PostgresValue] = []) async throws(Failure) -> Page<Entity> {
        try await page(request, statements.selectPage, binds) { rows throws(Failure) in
            try rows.decoded(columns, of: tenant)
        }
    }

    /// A page of another statement that takes the same binds.
    func page(
        _ request: PageRequest, _ select: Statement, _ binds: [PostgresValue],
        _ decode: (PostgresRows) throws(Failure) -> [Entity]
    ) async throws(Failure) -> Page<Entity> {
        let wanted = bound(binds)
        let place = [
            columns.order?.bound(request.lowerBound) ?? .null, .int(Int64(request.limit + 1)),
            .int(Int64(request.offset)),
        ]
        let (rows, total) = try await runner.page(
            request, Command(select, wanted + place), counted: Command(statements.count, wanted))
        return Page(overfull: try decode(rows), for: request, total: total, sortKey: \.sortKey)
    }

    /// Stores the columns that can change if the version before is stored; else `tooMuchContention`. Callers hold the row
    /// of an entity that has no version.
    func save(_ entity: Entity) async throws(Failure) {
        let commands = try await update(entity)
        guard columns.isVersioned else { return try await runner.execute(commands) }
        guard try await rows(commands, for: entity).last?.isEmpty == false else { throw .changedMeanwhile }
    }

    /// What `save` runs, the row's own last: it answers a row where it changed one.
    func update(_ entity: Entity) async throws(Failure) -> [Command] {
        try await enter(entity)
        let changes = columns.written.filter(\.isUpdated).map { $0.bind(entity) }
        let digests = columns.digests.filter { !$0.isFixed }.map { $0.value(of: entity, scope.digests) }
        return sealing + [Command(statements.update, bound([entity.storeKey.bind] + changes + digests))]
    }

    func remove(_ key: Entity.Key) async throws(Failure) {
        guard let directory = scope.directory, columns.digests.contains(where: { $0.entry != nil }) else {
            return try await runner.execute(statements.delete, bound([key.bind]))
        }
        let removed = try await runner.rows(statements.delete, bound([key.bind]))
        for digest in columns.digests {
            guard let kind = digest.entry, let bytes = try removed.value(digest.name, as: [UInt8]?.self) ?? nil
            else { continue }
            directory.removeAfterCommit(kind, bytes, key.bind)
        }
    }

    private func rows(_ commands: [Command], for entity: Entity) async throws(Failure) -> [PostgresRows] {
        let failures = Entity.uniqueKeys.map { ($0.constraint, $0.failure(entity)) }
        return try await runner.rows(commands, constraints: Dictionary(failures) { $1 })
    }

    /// Keeps the tenant's own database findable. Entries of former values may stay: who follows one reads the row.
    private func enter(_ entity: Entity) async throws(Failure) {
        guard entity.tenant == tenant else { throw .bug("A \(Entity.self) of another tenant is written.") }
        guard let directory = scope.directory else { return }
        for digest in columns.digests {
            guard let kind = digest.entry, case .bytes(let bytes) = digest.value(of: entity, scope.digests)
            else { continue }
            try await directory.add(kind, bytes, entity.storeKey.bind)
        }
    }

    private var sealing: [Command] { columns.isSealed ? [PostgresDataKeyRotation.lockForSealing(tenant)] : [] }

    private func bound(_ values: [PostgresValue]) -> [PostgresValue] {
        columns.isScoped ? [.id(tenant)] + values : values
    }
}
