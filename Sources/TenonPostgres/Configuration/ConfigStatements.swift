internal import TenonDomain

/// The statements on entries as they are now. Each names the tenant, whatever the policies say.
enum ConfigStatements {
    /// As `ConfigRows.entry` names them. `secret` is what counts as one.
    static func columns(isSecret secret: String, value: String = "v.sealed_value") -> String {
        """
        c.id, c.key, c.created_by, c.created_at, v.id, v.version, v.change, v.revision, v.ordinal, v.value_type,
            v.validation_schema, v.description, \(secret) AS is_secret, v.tags, \(value) AS sealed_value, v.comment,
            v.created_by, v.created_at
        """
    }
    private static let current = columns(isSecret: "v.is_secret")

    private static let boundedValue = """
        CASE WHEN sum(octet_length(v.sealed_value)) OVER (ROWS UNBOUNDED PRECEDING) <= \(ConfigRevision.maxStandingBytes)
            THEN v.sealed_value END
        """

    static let selectEntry = Statement(
        "select_entry",
        """
        SELECT \(current), n.revision AS namespace_revision
        FROM namespaces n
        LEFT JOIN LATERAL \(config("$3")) c ON NOT c.is_deleted
        LEFT JOIN LATERAL \(version("c.version_id")) v ON true
        WHERE n.tenant_id = $1 AND n.id = $2
        """)

    // One look into an index for each row of a page, whatever the planner believes. In a join it sees the tenant named
    // twice, by the statement and by the policy, takes a tenant for a single row where it has no statistics, and reads all
    // of the tenant's versions for each row. Behind `LIMIT` it sees the tenant once, and only the right index will do.

    /// The version of an id, for LATERAL.
    static func version(_ id: String) -> String {
        "(SELECT * FROM config_versions one WHERE one.tenant_id = $1 AND one.id = \(id) LIMIT 1)"
    }

    /// The row of a key, for LATERAL.
    static func config(_ key: String) -> String {
        """
        (SELECT * FROM configs one
        WHERE one.tenant_id = $1 AND one.namespace_id = $2 AND one.key = \(key) COLLATE "C" LIMIT 1)
        """
    }

    /// Beyond so many bytes the values are left out.
    static let selectEntriesByKeys = Statement(
        "select_entries_by_keys",
        """
        SELECT \(columns(isSecret: "v.is_secret", value: boundedValue))
        FROM unnest($3::text[]) wanted (key)
        CROSS JOIN LATERAL \(config("wanted.key")) c
        CROSS JOIN LATERAL \(version("c.version_id")) v
        """)

    /// A `LIKE` would need escapes and a plan per prefix. In the order of bytes keys with a prefix stand together, and no
    /// key has a character after `z`.
    static func hasPrefix(_ key: String) -> String {
        "\(key) >= $3 AND \(key) < $3 || '~'"
    }

    static func matches(tag: String, search: String) -> String {
        "(\(tag)::text IS NULL OR \(tag) = ANY(v.tags)) AND (\(search)::text IS NULL OR position(\(search) IN lower(v.key)) > 0)"
    }

    /// A page's rows, up to the bytes of their values: `rows` gives each its `place` in the order and the `bytes` of its
    /// value. `page_rows` counts them before the cut.
    static func cut(at maximum: Int, _ rows: String) -> String {
        """
        (SELECT * FROM (
            SELECT p.*, sum(p.bytes) OVER (ORDER BY p.place) - p.bytes AS bytes_before, count(*) OVER () AS page_rows
            FROM (\(rows)) p) p
        WHERE p.bytes_before < \(maximum))
        """
    }

    static let selectEntries = Statement(
        "select_entries",
        """
        SELECT \(current), c.page_rows
        FROM namespaces n
        LEFT JOIN LATERAL \(cut(
            at: PageSize.maxBytes,
            """
            SELECT c.*, c.key AS place, octet_length(v.sealed_value) AS bytes
            FROM configs c CROSS JOIN LATERAL \(version("c.version_id")) v
            WHERE c.tenant_id = $1 AND c.namespace_id = $2 AND NOT c.is_deleted
                AND \(hasPrefix("c.key")) AND c.key > $4 AND \(matches(tag: "$7", search: "$8"))
            ORDER BY c.key LIMIT $5 OFFSET $6
            """)) c ON true
        LEFT JOIN LATERAL \(version("c.version_id")) v ON true
        WHERE n.tenant_id = $1 AND n.id = $2 ORDER BY c.key
        """)

    static let countEntries = Statement(
        "count_entries",
        """
        SELECT count(*)
        FROM configs c CROSS JOIN LATERAL \(version("c.version_id")) v
        WHERE c.tenant_id = $1 AND c.namespace_id = $2 AND NOT c.is_deleted AND \(hasPrefix("c.key"))
            AND \(matches(tag: "$4", search: "$5"))
        """)

    // MARK: Changes

    /// One statement for one change and for ten thousand.
    static let insertConfigs = Statement(
        "insert_configs",
        """
        INSERT INTO configs (tenant_id, namespace_id, id, key, version, version_id, is_deleted, created_by, created_at)
        SELECT $1, $2, c.*, false, $7, $8 FROM unnest($3::uuid[], $4::text[], $5::bigint[], $6::uuid[]) c
        """)

    static let updateConfigs = Statement(
        "update_configs",
        """
        UPDATE configs c SET version = n.version, version_id = n.version_id, is_deleted = n.is_deleted
        FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::boolean[]) n (id, version, version_id, is_deleted)
        WHERE c.tenant_id = $1 AND c.id = n.id
        """)

    static let insertVersions = Statement(
        "insert_config_versions",
        """
        INSERT INTO config_versions (tenant_id, namespace_id, revision, created_by, created_at, comment, id, key, version,
            change, ordinal, value_type, validation_schema, description, is_secret, sealed_value, tags)
        SELECT $1, $2, $3, $4, $5, $6, v.id, v.key, v.version, v.change, v.place - 1, v.value_type, v.validation_schema,
            v.description, v.is_secret, v.sealed_value, string_to_array(v.tags, ' ')
        FROM unnest($7::uuid[], $8::text[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::text[],
            $14::boolean[], $15::bytea[], $16::text[])
            WITH ORDINALITY v(id, key, version, change, value_type, validation_schema, description, is_secret,
                sealed_value, tags, place)
        """)

    static let deleteReferences = Statement(
        "delete_references",
        "DELETE FROM config_references WHERE tenant_id = $1 AND namespace = $2 AND key = ANY($3)")

    static let insertReferences = Statement(
        "insert_references",
        """
        INSERT INTO config_references (tenant_id, namespace, key, target_namespace, target_key)
        SELECT $1, $2, r.* FROM unnest($3::text[], $4::text[], $5::text[]) r
        """)

    /// Who adds references waits for others who do, whichever the namespace: two of them could close a circle.
    static let lockReferences = Statement(
        "lock_references",
        "SELECT pg_advisory_xact_lock(hashtextextended('tenon references ' || ($1::uuid)::text, 0))",
        isRepeatable: false)

    static let selectReferences = Statement(
        "select_references",
        """
        WITH RECURSIVE reached (namespace, key) AS (
            SELECT s.namespace COLLATE "C", s.key COLLATE "C" FROM unnest($2::text[], $3::text[]) s(namespace, key)
            UNION
            SELECT r.target_namespace, r.target_key
            FROM reached x JOIN config_references r ON r.tenant_id = $1 AND r.namespace = x.namespace AND r.key = x.key)
        SELECT x.namespace, x.key,
            EXISTS (
                SELECT FROM namespaces n JOIN configs c ON c.tenant_id = n.tenant_id AND c.namespace_id = n.id
                WHERE n.tenant_id = $1 AND n.name = x.namespace AND c.key = x.key AND NOT c.is_deleted) AS is_present,
            r.target_namespace, r.target_key
        FROM reached x
        LEFT JOIN config_references r ON r.tenant_id = $1 AND r.namespace = x.namespace AND r.key = x.key
        LIMIT $4
        """)
}
