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
        LEFT JOIN LATERAL \(ConfigStatements.config("$3")) c ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("c.version_id")) h ON true
        LEFT JOIN LATERAL (
            SELECT * FROM config_versions v
            WHERE v.tenant_id = $1 AND v.namespace_id = $2 AND v.key = c.key AND v.version = $4 LIMIT 1) v ON true
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
        LEFT JOIN LATERAL \(ConfigStatements.config("$3")) c ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("c.version_id")) h ON true
        LEFT JOIN LATERAL (
            SELECT * FROM config_versions v
            WHERE v.tenant_id = $1 AND v.namespace_id = $2 AND v.key = c.key AND \(isBefore)
            ORDER BY v.version DESC LIMIT 1) v ON true
        WHERE n.tenant_id = $1 AND n.id = $2
        """)

    static let selectVersions = Statement(
        "select_config_versions",
        """
        SELECT \(past), p.page_rows
        FROM namespaces n
        LEFT JOIN LATERAL \(ConfigStatements.config("$3")) c ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("c.version_id")) h ON true
        LEFT JOIN LATERAL \(ConfigStatements.cut(
            at: PageSize.maxBytes,
            """
            SELECT v.id, -v.version AS place, coalesce(octet_length(v.sealed_value), 0) AS bytes FROM config_versions v
            WHERE v.tenant_id = $1 AND v.namespace_id = $2 AND v.key = c.key AND v.version < $4
            ORDER BY v.version DESC LIMIT $5 OFFSET $6
            """)) p ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("p.id")) v ON true
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY v.version DESC
        """)

    static let countVersions = Statement(
        "count_config_versions",
        "SELECT count(*) FROM config_versions WHERE tenant_id = $1 AND namespace_id = $2 AND key = $3")

    /// The entries as they were: of each key, in their order, the newest version of that time, where it was no deletion.
    private static let entriesAsOf = """
        FROM configs c
        CROSS JOIN LATERAL (
            SELECT * FROM config_versions v
            WHERE v.tenant_id = $1 AND v.namespace_id = $2 AND v.key = c.key AND \(isBefore)
            ORDER BY v.version DESC LIMIT 1) v
        WHERE c.tenant_id = $1 AND c.namespace_id = $2 AND \(ConfigStatements.hasPrefix("c.key")) AND c.key > $8
            AND v.change <> 'deleted' AND \(ConfigStatements.matches(tag: "$6", search: "$7"))
        """

    static let selectEntriesAsOf = Statement(
        "select_entries_as_of",
        """
        SELECT \(past), p.page_rows
        FROM namespaces n
        LEFT JOIN LATERAL \(ConfigStatements.cut(
            at: PageSize.maxBytes,
            """
            SELECT v.id, c.key AS place, octet_length(v.sealed_value) AS bytes
            \(entriesAsOf) ORDER BY c.key LIMIT $9 OFFSET $10
            """)) p ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("p.id")) v ON true
        LEFT JOIN LATERAL \(ConfigStatements.config("v.key")) c ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("c.version_id")) h ON true
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY v.key
        """)

    static let countEntriesAsOf = Statement("count_entries_as_of", "SELECT count(*) \(entriesAsOf)")

    static let selectChanges = Statement(
        "select_config_changes",
        """
        SELECT \(past), n.revision AS namespace_revision, n.restored_revision
        FROM namespaces n
        LEFT JOIN LATERAL \(ConfigStatements.cut(
            at: PageSize.maxChangeBytes,
            """
            SELECT v.id, (v.revision, v.ordinal) AS place, coalesce(octet_length(v.sealed_value), 0) AS bytes
            FROM config_versions v
            WHERE v.tenant_id = $1 AND v.namespace_id = $2 AND (v.revision, v.ordinal) > ($3, $4)
            ORDER BY v.revision, v.ordinal LIMIT $5
            """)) p ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("p.id")) v ON true
        LEFT JOIN LATERAL \(ConfigStatements.config("v.key")) c ON true
        LEFT JOIN LATERAL \(ConfigStatements.version("c.version_id")) h ON true
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY v.revision, v.ordinal
        """)
}
