internal import TenonDomain

/// What a context keeps in PostgreSQL: its tables with a `tenant_id`, the sealed values in them, and what the directory
/// finds their rows by.
struct ContextTables: Sendable {
    var tables: [TenantTable]
    var sealed: [SealedColumn] = []
    var directory: [DirectoryKind] = []

    /// Those of all contexts.
    static let all: [ContextTables] = [.identity, .access, .configuration, .audit, .shared]
}

/// What happens to a tenant's rows of one table.
struct TenantTable: Sendable {
    enum Restore: Sendable {
        /// By the rows of the backup.
        case replaced
        /// Deleted, also where a backup has none of them.
        case deleted
        case kept
    }

    let name: String
    /// Whether a backup holds the rows.
    let isBackedUp: Bool
    /// What a restore in the shared database does to rows that are there.
    let restore: Restore
    /// Whether rows stay when the tenant is erased.
    let outlivesTenant: Bool
    /// Columns that no backup holds.
    var unsavedColumns: Set<String> = []
    /// Whether `version` is an entity tag: a restore raises it, so that no version is given out twice.
    var hasEntityTags = true

    /// Ordinary rows: backed up, replaced by a restore, deleted with the tenant.
    static func rows(_ name: String, without columns: Set<String> = [], hasEntityTags: Bool = true) -> TenantTable {
        TenantTable(
            name: name, isBackedUp: true, restore: .replaced, outlivesTenant: false, unsavedColumns: columns,
            hasEntityTags: hasEntityTags)
    }

    /// Rows about the tenant in the shared database, such as its keys, so that a backup never holds its own.
    static func registry(_ name: String, outlivesTenant: Bool = false) -> TenantTable {
        TenantTable(name: name, isBackedUp: false, restore: .kept, outlivesTenant: outlivesTenant)
    }

    /// Rows that matter for minutes only.
    static func transient(
        _ name: String, restore: Restore = .deleted, outlivesTenant: Bool = false
    ) -> TenantTable {
        TenantTable(name: name, isBackedUp: false, restore: restore, outlivesTenant: outlivesTenant)
    }

    /// Rows that are never removed, neither by a restore nor with the tenant.
    static func log(_ name: String) -> TenantTable {
        TenantTable(name: name, isBackedUp: true, restore: .kept, outlivesTenant: true)
    }
}
