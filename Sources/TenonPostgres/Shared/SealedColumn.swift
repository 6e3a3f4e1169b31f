internal import TenonDomain

/// A column with values sealed under their tenants' data keys. Bytes 2 to 5 of a sealed value are the version of its key;
/// a null is none.
struct SealedColumn: Sendable {
    let table: SealedTable
    let column: String
    let count: Statement
    let page: Statement
    let update: Statement
    /// Before every row, in the order of `page`.
    let start: [UInt8]

    /// Of a table whose rows are found by a UUID. The names are those of the statements.
    static func byID(
        _ table: SealedTable, _ column: String, count: StaticString, page: StaticString, update: StaticString
    ) -> SealedColumn {
        let name = table.rawValue
        let isOlder = "tenant_id = $1 AND substring(\(column) FROM 2 FOR 4) < int4send($2::int4)"
        return SealedColumn(
            table: table, column: column,
            count: Statement(count, "SELECT count(*) FROM \(name) WHERE \(isOlder)"),
            page: Statement(
                page,
                """
                SELECT id, uuid_send(id) AS row, \(column) AS sealed FROM \(name)
                WHERE \(isOlder) AND id > encode($3, 'hex')::uuid ORDER BY id LIMIT $4
                """),
            update: Statement(
                update,
                """
                UPDATE \(name) SET \(column) = $4
                WHERE tenant_id = $1 AND id = encode($2, 'hex')::uuid AND \(column) = $3 RETURNING 1
                """),
            start: [UInt8](repeating: 0, count: 16))
    }

    /// By table. Every `SealedTable` has one.
    static let all = Dictionary(
        uniqueKeysWithValues: ContextTables.all.flatMap(\.sealed).map { ($0.table, $0) })

    static func of(_ table: SealedTable) -> SealedColumn {
        guard let column = all[table] else { preconditionFailure("no context declares \(table.rawValue)") }
        return column
    }
}
