extension ContextTables {
    /// Nothing sealed is declared: the log has a key of its own, whose versions stay, and its chain covers sealed bytes.
    static let audit = ContextTables(
        tables: ["audit_records", "audit_unlinked", "audit_links", "audit_heads"].map(TenantTable.log))
}
