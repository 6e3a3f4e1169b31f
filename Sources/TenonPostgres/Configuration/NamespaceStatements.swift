internal import TenonDomain

extension Namespace {
    static let table = TableStatements(
        Columns<Namespace>("namespaces") { c in
            let id = c.key("id", \.id)
            let name = c.fixed("name", \.name)
            let description = c.column("description", \.description)
            let requiresIfMatch = c.column("require_if_match", \.requiresIfMatch)
            let revision = c.column("revision", \.revision)
            let restoredRevision = c.read("restored_revision", as: Int64.self)
            let createdBy = c.fixed("created_by", \.createdBy)
            let createdAt = c.fixed("created_at", \.createdAt)
            let updatedAt = c.column("updated_at", \.updatedAt)
            c.listed(by: name, where: "($2::text IS NULL OR name = $2)", binds: 1)
            return { row, tenant throws(PostgresError) in
                Namespace(
                    id: try row[id], tenant: tenant, name: try row[name], description: try row[description],
                    requiresIfMatch: try row[requiresIfMatch], revision: try row[revision],
                    restoredRevision: try row[restoredRevision], createdBy: try row[createdBy],
                    createdAt: try row[createdAt], updatedAt: try row[updatedAt])
            }
        })
}

/// The statements on namespaces besides the plain ones, and on all that one holds when it is removed. Each names the
/// tenant, whatever the policies say.
enum NamespaceStatements {
    static let selectByName = Statement(
        "select_namespace_by_name",
        "SELECT \(Namespace.table.columns.list()) FROM namespaces WHERE tenant_id = $1 AND name = $2")

    static let deleteConfigs = Statement(
        "delete_configs", "DELETE FROM configs WHERE tenant_id = $1 AND namespace_id = $2")
    static let deleteVersions = Statement(
        "delete_config_versions", "DELETE FROM config_versions WHERE tenant_id = $1 AND namespace_id = $2")
    static let deleteReferences = Statement(
        "delete_references_of_namespace", "DELETE FROM config_references WHERE tenant_id = $1 AND namespace = $2")

    /// By the relay's rights, of all tenants.
    static let selectRevisions = Statement(
        "select_revisions", "SELECT id, revision FROM namespaces WHERE id = ANY($1)")
}
