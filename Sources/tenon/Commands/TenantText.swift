internal import TenonDomain
internal import TenonPostgres

/// Tenants' databases as lines for a terminal.
enum TenantText {
    /// The slug and the id.
    static func name(_ tenant: TenantMigrator.Standing) -> String {
        (tenant.slug.map { "\($0) " } ?? "") + "\(tenant.database.tenant)"
    }

    /// The state, the schema version, the tenant, and the last error.
    static func line(_ tenant: TenantMigrator.Standing) -> String {
        let database = tenant.database
        let behind = database.state.isRouted && !tenant.isCurrent ? "  behind" : ""
        let trouble = database.lastError.map { "  \($0)" } ?? ""
        return "\(database.state.rawValue)  \(database.schemaVersion)  \(name(tenant))\(behind)\(trouble)"
    }
}
