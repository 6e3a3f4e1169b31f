internal import TenonDomain

/// A row that is read by its columns.
struct NamedRow {
    let row: PostgresRow
    let start: Int

    /// Whether an outer join found it.
    var isJoined: Bool { !row.isNull(start) }

    subscript<Value: ColumnValue>(column: Column<Value>) -> Value {
        get throws(PostgresError) { try Value.read(row, start + column.place) }
    }

    /// What the column holds as a value of another type, by a parser that refuses what it cannot be.
    func parsed<Stored: ColumnValue, Value>(
        _ column: Column<Stored>, _ parse: (Stored) throws -> Value?
    ) throws(PostgresError) -> Value {
        let stored = try self[column]
        guard let value = try? parse(stored) else {
            throw row.undecodable(start + column.place, as: "\(Value.self)")
        }
        return value
    }
}

extension PostgresRows {
    /// The first rows as the body reads them; a row that does not decode is a defect.
    func decoded<Entity, Value>(
        by columns: Columns<Entity>, upTo count: Int = .max, _ decode: (NamedRow) throws(PostgresError) -> Value
    ) throws(Failure) -> [Value] {
        guard !isEmpty else { return [] }
        do throws(PostgresError) {
            let start = try start(of: columns.names)
            return try prefix(count).map { row throws(PostgresError) in try decode(NamedRow(row: row, start: start)) }
        } catch {
            throw error.failure
        }
    }

    func decoded<Entity>(_ columns: Columns<Entity>, of tenant: TenantID) throws(Failure) -> [Entity] {
        try decoded(by: columns) { row throws(PostgresError) in try columns.decode(row, tenant) }
    }

    /// The same behind an outer join: nil where the first of the columns is null.
    func joined<Entity>(_ columns: Columns<Entity>, of tenant: TenantID) throws(Failure) -> [Entity?] {
        try decoded(by: columns) { row throws(PostgresError) in
            row.isJoined ? try columns.decode(row, tenant) : nil
        }
    }

    func first<Entity>(_ columns: Columns<Entity>, of tenant: TenantID) throws(Failure) -> Entity? {
        guard let row = first else { return nil }
        do throws(PostgresError) {
            return try columns.decode(NamedRow(row: row, start: try start(of: columns.names)), tenant)
        } catch {
            throw error.failure
        }
    }

    /// What one column holds, of all rows.
    func all<Value: ColumnValue>(_ name: StaticString, as _: Value.Type = Value.self) throws(Failure) -> [Value] {
        guard !isEmpty else { return [] }
        do throws(PostgresError) {
            let column = try start(of: [name])
            return try map { row throws(PostgresError) in try Value.read(row, column) }
        } catch {
            throw error.failure
        }
    }

    /// What one column holds in the first row; nil without a row.
    func value<Value: ColumnValue>(_ name: StaticString, as _: Value.Type = Value.self) throws(Failure) -> Value? {
        guard let row = first else { return nil }
        do throws(PostgresError) {
            return try Value.read(row, try start(of: [name]))
        } catch {
            throw error.failure
        }
    }
}
