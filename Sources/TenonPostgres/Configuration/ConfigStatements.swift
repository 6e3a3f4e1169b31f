/// The statements of `PostgresConfigStore`. Each names the tenant, whatever the policies say.
enum ConfigStatements {
    static let insertNamespace = Statement(
        "insert_namespace",
        """
        INSERT INTO namespaces (tenant_id, id, name, description, version, created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """)

    private static let namespaceColumns = "id, name, description, version, created_by, created_at, updated_at"

    static let selectNamespace = Statement(
        "select_namespace", "SELECT \(namespaceColumns) FROM namespaces WHERE tenant_id = $1 AND id = $2")

    static let selectNamespaces = Statement(
        "select_namespaces",
        """
        SELECT \(namespaceColumns),
            CASE WHEN $5 THEN (SELECT count(*) FROM namespaces WHERE tenant_id = $1) END
        FROM namespaces WHERE tenant_id = $1 AND name > $2 COLLATE "C" ORDER BY name LIMIT $3 OFFSET $4
        """)

    static let countNamespaces = Statement("count_namespaces", "SELECT count(*) FROM namespaces WHERE tenant_id = $1")

    static let insertConfig = Statement(
        "insert_config",
        """
        INSERT INTO configs (tenant_id, id, namespace_id, key, description, is_secret, value_type,
            validation_schema, version, version_id, created_by, created_at, updated_by, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """)

    static let insertVersion = Statement(
        "insert_config_version",
        """
        INSERT INTO config_versions (tenant_id, id, config_id, version, value_type, validation_schema,
            sealed_value, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)

    private static let entryColumns = """
        c.id, c.key, c.description, c.is_secret, c.value_type, c.validation_schema, c.version, c.version_id,
            v.sealed_value, c.created_by, c.created_at, c.updated_by, c.updated_at
        """

    static let selectEntry = Statement(
        "select_entry",
        """
        SELECT \(entryColumns)
        FROM configs c JOIN config_versions v ON v.tenant_id = c.tenant_id AND v.id = c.version_id
        WHERE c.tenant_id = $1 AND c.namespace_id = $2 AND c.key = $3
        """)

    /// A `LIKE` would need escapes and a plan per prefix: keys begin with the prefix where they stand from it on and
    /// their first characters are it.
    private static let hasPrefix = "c.key >= $3 AND left(c.key, length($3)) = $3"

    static let selectEntries = Statement(
        "select_entries",
        """
        SELECT \(entryColumns),
            CASE WHEN $7 THEN (
                SELECT count(*) FROM configs c WHERE c.tenant_id = $1 AND c.namespace_id = $2 AND \(hasPrefix)) END
        FROM namespaces n
        LEFT JOIN LATERAL (
            SELECT * FROM configs c
            WHERE c.tenant_id = n.tenant_id AND c.namespace_id = n.id AND \(hasPrefix) AND c.key > $4
            ORDER BY c.key LIMIT $5 OFFSET $6) c ON true
        LEFT JOIN config_versions v ON v.tenant_id = c.tenant_id AND v.id = c.version_id
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY c.key
        """)

    static let countEntries = Statement(
        "count_entries",
        "SELECT count(*) FROM configs c WHERE c.tenant_id = $1 AND c.namespace_id = $2 AND \(hasPrefix)")
}
