/// The statements on namespaces, and on all that one holds when it is removed. Each names the tenant, whatever the
/// policies say.
enum NamespaceStatements {
    static let insert = Statement(
        "insert_namespace",
        """
        INSERT INTO namespaces (tenant_id, id, name, description, require_if_match, revision, created_by, created_at,
            updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)

    private static let columns =
        "id, name, description, require_if_match, revision, restored_revision, created_by, created_at, updated_at"

    static let select = Statement(
        "select_namespace", "SELECT \(columns) FROM namespaces WHERE tenant_id = $1 AND id = $2")

    static let selectByName = Statement(
        "select_namespace_by_name", "SELECT \(columns) FROM namespaces WHERE tenant_id = $1 AND name = $2")

    static let selectPage = Statement(
        "select_namespaces",
        """
        SELECT \(columns) FROM namespaces
        WHERE tenant_id = $1 AND name > $2 COLLATE "C" AND ($5::text IS NULL OR name = $5)
        ORDER BY name LIMIT $3 OFFSET $4
        """)

    static let count = Statement(
        "count_namespaces",
        "SELECT count(*) FROM namespaces WHERE tenant_id = $1 AND ($2::text IS NULL OR name = $2)")

    /// Other writers wait; the checks of foreign keys do not.
    static let lock = Statement(
        "lock_namespace",
        """
        SELECT \(columns) FROM namespaces WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE
        """, isRepeatable: false)

    static let update = Statement(
        "update_namespace",
        """
        UPDATE namespaces SET description = $3, require_if_match = $4, revision = $5, updated_at = $6
        WHERE tenant_id = $1 AND id = $2
        """)

    static let delete = Statement(
        "delete_namespace", "DELETE FROM namespaces WHERE tenant_id = $1 AND id = $2")
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
