internal import TenonDomain

/// The tables that hold tenants' rows, and what their contexts say of them. A table that none declares is treated as
/// ordinary rows, so that no backup lacks it; a test finds it.
enum TenantTables {
    private static let declared = Dictionary(
        uniqueKeysWithValues: ContextTables.all.flatMap(\.tables).map { ($0.name, $0) })

    static func of(_ name: String) -> TenantTable { declared[name] ?? .rows(name) }

    /// Deleted by a restore in the shared database, although no backup brings them back.
    static var forgotten: [String] {
        declared.values.filter { $0.restore == .deleted }.map(\.name).sorted()
    }

    /// No record is ever removed from the audit log, not even by a restore.
    static func isAppendOnly(_ table: String) -> Bool { of(table).isBackedUp && of(table).restore == .kept }

    /// Whether its rows have versions that are entity tags: a restore raises them.
    static func isVersioned(_ table: BackupTable) -> Bool {
        table.columns.contains("version") && of(table.name).hasEntityTags
    }

    /// Those of a backup, with their columns: a table that others refer to comes before them.
    static func all(_ script: PostgresScript) async throws(PostgresError) -> [BackupTable] {
        let columns = try await script.run(
            """
            SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'tenon'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id'
                    AND NOT t.attisdropped)
            ORDER BY c.relname, a.attnum
            """)
        let references = try await script.run(
            """
            SELECT DISTINCT f.relname, t.relname FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid
            JOIN pg_class t ON t.oid = k.confrelid WHERE k.contype = 'f' AND k.connamespace = 'tenon'::regnamespace
                AND f.oid <> t.oid
            """)
        var byName: [String: [String]] = [:]
        for row in columns {
            guard let table = row[0], let column = row[1], of(table).isBackedUp,
                !of(table).unsavedColumns.contains(column)
            else { continue }
            byName[table, default: []].append(column)
        }
        var targets: [String: Set<String>] = [:]
        for row in references {
            if let from = row[0], let to = row[1], byName[to] != nil { targets[from, default: []].insert(to) }
        }
        var ordered: [BackupTable] = []
        var waiting = byName.keys.sorted()
        while !waiting.isEmpty {
            // No tables of ours refer to one another in a ring; if some did, they would come in any order.
            let next = waiting.first { table in targets[table, default: []].isDisjoint(with: waiting) } ?? waiting[0]
            waiting.removeAll { $0 == next }
            ordered.append(BackupTable(name: next, columns: byName[next] ?? []))
        }
        return ordered
    }
}
