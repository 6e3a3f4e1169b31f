/// The plain statements of a table of resources, made of its columns. Make one per table, as a `static let`.
struct TableStatements<Entity: Sendable>: Sendable {
    let columns: Columns<Entity>
    let insert: Statement
    let select: Statement
    /// Other writers wait; the checks of foreign keys do not.
    let lock: Statement
    let selectAll: Statement
    let selectPage: Statement
    let count: Statement
    let update: Statement
    /// Answers the digests that the directory knows the row by.
    let delete: Statement

    init(_ columns: Columns<Entity>) {
        let (table, list) = (columns.table, columns.list())
        let scope = columns.isScoped ? 1 : 0
        let tenant = columns.isScoped ? "tenant_id = $1" : "true"
        let key = columns.written.filter { $0.role == .key }.map { "\($0.name) = $\(scope + 1)" }
        let one = ([tenant] + key).joined(separator: " AND ")
        self.columns = columns
        insert = Statement(named: "insert_\(table)", columns.insert())
        select = Statement(named: "select_\(table)", "SELECT \(list) FROM \(table) WHERE \(one)")
        lock = Statement(
            named: "lock_\(table)", "SELECT \(list) FROM \(table) WHERE \(one) FOR NO KEY UPDATE", isRepeatable: false)

        let order = columns.order.map { "\($0.name)\($0.isDescending ? " DESC" : "")" } ?? "true"
        let wanted = "\(tenant) AND \(columns.order?.condition ?? "true")"
        selectAll = Statement(
            named: "select_all_\(table)", "SELECT \(list) FROM \(table) WHERE \(tenant) ORDER BY \(order)")
        selectPage = Statement(named: "list_\(table)", Self.page(columns, of: list))
        count = Statement(named: "count_\(table)", "SELECT count(*) FROM \(table) WHERE \(wanted)")

        var changes: [String] = []
        var version = ""
        for column in columns.written where column.isUpdated {
            let bind = "$\(scope + 2 + changes.count)"
            if column.role == .version { version = " AND \(column.name) = \(bind) - 1" }
            changes.append("\(column.name) = \(bind)")
        }
        for digest in columns.digests where !digest.isFixed {
            changes.append("\(digest.name) = $\(scope + 2 + changes.count)")
        }
        update = Statement(
            named: "update_\(table)",
            "UPDATE \(table) SET \(changes.joined(separator: ", ")) WHERE \(one)\(version) RETURNING 1")
        let entries = columns.digests.filter { $0.entry != nil }.map { "\($0.name)" }
        delete = Statement(
            named: "delete_\(table)",
            "DELETE FROM \(table) WHERE \(one)"
                + (entries.isEmpty ? "" : " RETURNING \(entries.joined(separator: ", "))"))
    }

    /// A page of the columns in the list.
    static func page(_ columns: Columns<Entity>, of list: String) -> String {
        guard let order = columns.order else { return "" }
        let first = 2 + order.binds
        return """
            SELECT \(list) FROM \(columns.table)
            WHERE tenant_id = $1 AND \(order.condition) AND \(order.name) \(order.isDescending ? "<" : ">") $\(first)
            ORDER BY \(order.name)\(order.isDescending ? " DESC" : "") LIMIT $\(first + 1) OFFSET $\(first + 2)
            """
    }
}
