internal import TenonDomain

/// The tables that hold tenants' rows, and what a backup makes of them. A new table with a tenant is part of every
/// backup unless it stands here.
enum TenantTables {
    /// What is kept of tenants in the shared database: the keys above all, so that a backup never holds its own.
    static let registry: Set = [
        "tenants", "data_keys", "tenant_databases", "directory_entries", "access_changes", "seen_signatures",
        "version_floors",
    ]
    /// Their versions count the states of one entry. A restore leaves them as they are: those to come go on above the
    /// namespace's `restored_revision`.
    private static let histories: Set = ["configs", "config_versions"]
    /// Rows that matter for minutes only. Sessions are not restored, since some may have been ended for a reason.
    static let transient: Set = ["sessions", "outbox", "kept_replies", "password_resets", "sso_spent_states"]
    /// Is unique over all tenants: another tenant may have taken the value since the backup, so none holds it.
    private static let platformWide: Set = ["users.is_personal"]
    /// Deleted by a restore in the shared database, although no backup brings them back.
    static let forgotten: Set = ["sessions", "kept_replies", "password_resets"]

    /// No record is ever removed from the audit log, not even by a restore.
    static func isAppendOnly(_ table: String) -> Bool { table.hasPrefix("audit_") }

    /// Whether its rows have versions that are entity tags: a restore raises them.
    static func isVersioned(_ table: BackupTable) -> Bool {
        table.columns.contains("version") && !histories.contains(table.name)
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
            guard let table = row[0], let column = row[1], !registry.contains(table), !transient.contains(table),
                !platformWide.contains("\(table).\(column)")
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
