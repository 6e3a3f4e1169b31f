internal import TenonDomain

/// The statements on entries as they were, and on their versions. Each names the tenant, whatever the policies say.
enum ConfigHistoryStatements {
    /// A version of what is a secret now counts as one: `h` is the newest.
    private static let past = ConfigStatements.columns(isSecret: "v.is_secret OR h.is_secret")

    static let selectVersion = Statement(
        "select_config_version",
        """
        SELECT \(past)
        FROM namespaces n
        LEFT JOIN configs c ON c.tenant_id = n.tenant_id AND c.namespace_id = n.id AND c.key = $3
        LEFT JOIN config_versions h ON h.tenant_id = c.tenant_id AND h.id = c.version_id
        LEFT JOIN config_versions v
            ON v.tenant_id = c.tenant_id AND v.namespace_id = c.namespace_id AND v.key = c.key AND v.version = $4
        WHERE n.tenant_id = $1 AND n.id = $2
        """)

    /// `$4` and `$5`: the revision and the time, the other one null.
    private static let isBefore =
        "($4::bigint IS NULL OR v.revision <= $4) AND ($5::timestamptz IS NULL OR v.created_at <= $5)"

    static let selectVersionAsOf = Statement(
        "select_config_version_as_of",
        """
        SELECT \(past)
        FROM namespaces n
        LEFT JOIN configs c ON c.tenant_id = n.tenant_id AND c.namespace_id = n.id AND c.key = $3
        LEFT JOIN config_versions h ON h.tenant_id = c.tenant_id AND h.id = c.version_id
        LEFT JOIN LATERAL (
            SELECT * FROM config_versions v
            WHERE v.tenant_id = c.tenant_id AND v.namespace_id = c.namespace_id AND v.key = c.key AND \(isBefore)
            ORDER BY v.version DESC LIMIT 1) v ON true
        WHERE n.tenant_id = $1 AND n.id = $2
        """)

    static let selectVersions = Statement(
        "select_config_versions",
        """
        SELECT \(past), p.page_rows
        FROM namespaces n
        LEFT JOIN configs c ON c.tenant_id = n.tenant_id AND c.namespace_id = n.id AND c.key = $3
        LEFT JOIN config_versions h ON h.tenant_id = c.tenant_id AND h.id = c.version_id
        LEFT JOIN LATERAL \(ConfigStatements.cut(
            at: ConfigPage.maxBytes,
            """
            SELECT v.id, -v.version AS place, coalesce(octet_length(v.sealed_value), 0) AS bytes FROM config_versions v
            WHERE v.tenant_id = c.tenant_id AND v.namespace_id = c.namespace_id AND v.key = c.key AND v.version < $4
            ORDER BY v.version DESC LIMIT $5 OFFSET $6
            """)) p ON true
        LEFT JOIN config_versions v ON v.tenant_id = n.tenant_id AND v.id = p.id
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY v.version DESC
        """)

    static let countVersions = Statement(
        "count_config_versions",
        "SELECT count(*) FROM config_versions WHERE tenant_id = $1 AND namespace_id = $2 AND key = $3")

    /// The entries as they were: of each key the newest version of that time, where it was no deletion.
    private static let entriesAsOf = """
        FROM (
            SELECT DISTINCT ON (v.key) v.* FROM config_versions v
            WHERE v.tenant_id = $1 AND v.namespace_id = $2 AND \(ConfigStatements.hasPrefix("v.key")) AND \(isBefore) AND v.key > $8
            ORDER BY v.key, v.version DESC) v
        WHERE v.change <> 'deleted' AND \(ConfigStatements.matches(tag: "$6", search: "$7"))
        """

    static let selectEntriesAsOf = Statement(
        "select_entries_as_of",
        """
        SELECT \(past), p.page_rows
        FROM namespaces n
        LEFT JOIN LATERAL \(ConfigStatements.cut(
            at: ConfigPage.maxBytes,
            """
            SELECT v.id, v.key AS place, octet_length(v.sealed_value) AS bytes
            \(entriesAsOf) ORDER BY v.key LIMIT $9 OFFSET $10
            """)) p ON true
        LEFT JOIN config_versions v ON v.tenant_id = n.tenant_id AND v.id = p.id
        LEFT JOIN configs c ON c.tenant_id = v.tenant_id AND c.namespace_id = v.namespace_id AND c.key = v.key
        LEFT JOIN config_versions h ON h.tenant_id = c.tenant_id AND h.id = c.version_id
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY v.key
        """)

    static let countEntriesAsOf = Statement("count_entries_as_of", "SELECT count(*) \(entriesAsOf)")

    static let selectChanges = Statement(
        "select_config_changes",
        """
        SELECT \(past), n.revision, n.restored_revision
        FROM namespaces n
        LEFT JOIN LATERAL \(ConfigStatements.cut(
            at: ConfigPage.maxChangeBytes,
            """
            SELECT v.id, (v.revision, v.ordinal) AS place, coalesce(octet_length(v.sealed_value), 0) AS bytes
            FROM config_versions v
            WHERE v.tenant_id = n.tenant_id AND v.namespace_id = n.id AND (v.revision, v.ordinal) > ($3, $4)
            ORDER BY v.revision, v.ordinal LIMIT $5
            """)) p ON true
        LEFT JOIN config_versions v ON v.tenant_id = n.tenant_id AND v.id = p.id
        LEFT JOIN configs c ON c.tenant_id = v.tenant_id AND c.namespace_id = v.namespace_id AND c.key = v.key
        LEFT JOIN config_versions h ON h.tenant_id = c.tenant_id AND h.id = c.version_id
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY v.revision, v.ordinal
        """)
}
