extension ContextTables {
    static let access = ContextTables(
        tables: [.rows("roles"), .rows("policies"), .registry("access_changes", outlivesTenant: true)])
}
