internal import TenonDomain
internal import TenonPostgres

/// A config create as pgbench and as wrk run it: each in one of a few namespaces, chosen at random, since creates in one
/// namespace wait for each other.
struct CreateStatements {
    static let namespaces = 16

    private let tenant: String

    init(tenant: String) {
        self.tenant = TenantID(tenant).map { Scope.uuidText($0) } ?? ""
    }

    /// Makes pgbench's namespaces.
    var preparation: String {
        """
        INSERT INTO tenon.namespaces (tenant_id, id, name, revision, created_by, created_at, updated_at) \
        SELECT '\(tenant)', md5('n' || n)::uuid, 'pgbench-' || n, 1, 'bench', now(), now() \
        FROM generate_series(0, \(Self.namespaces - 1)) n
        """
    }

    /// The statements that `CreateConfig` runs, in its two round trips. The revision is a time, for pgbench cannot use
    /// within a pipeline what a statement has answered.
    var pgbench: String {
        let namespace = "md5('n' || :n)::uuid"
        let sealed = "'\\x" + String(repeating: "ab", count: 67) + "'"
        let (user, request) = ("'usr_01m7y9wpfmfvsvd8ady54467tt'", "'req_01m7y9wprne9nbwnsd2h979fyf'")
        let entry = """
            'config', 'cfg_01m7y9wpqyfgva6vmb4mgd5k7c'
            """
        // A colon with a letter or digit after it would be a variable of pgbench's.
        let details = """
            '{"is_secret": false,"key":"p","namespace_id":"ns_01m7y9wpn4f98r5h1yjp3mc8wz","revision": 1,\
            "value_type":"string","version": 1}'
            """
        let revision = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        return """
            \\set r random(1, 9000000000000000000)
            \\set n random(0, \(Self.namespaces - 1))
            \\startpipeline
            BEGIN;
            SELECT set_config('tenon.tenant_id', '\(tenant)', true), set_config('statement_timeout', '5000', true);
            SELECT pg_advisory_xact_lock_shared(42);
            SELECT id, name, description, require_if_match, revision, created_by, created_at, updated_at \
            FROM namespaces WHERE tenant_id = '\(tenant)' AND id = \(namespace) FOR NO KEY UPDATE;
            SELECT c.id, c.key, c.created_by, c.created_at, v.id, v.version, v.change, v.revision, v.ordinal, \
            v.value_type, v.validation_schema, v.description, v.is_secret, v.tags, v.sealed_value, v.comment, \
            v.created_by, v.created_at \
            FROM unnest(ARRAY['p' || :r]) wanted (key) CROSS JOIN LATERAL (SELECT * FROM configs c \
            WHERE c.tenant_id = '\(tenant)' AND c.namespace_id = \(namespace) \
            AND c.key = wanted.key COLLATE "C" LIMIT 1) c CROSS JOIN LATERAL (SELECT * FROM config_versions v \
            WHERE v.tenant_id = '\(tenant)' AND v.id = c.version_id LIMIT 1) v;
            \\endpipeline
            \\startpipeline
            UPDATE namespaces SET description = NULL, require_if_match = false, revision = \(revision), \
            updated_at = now() WHERE tenant_id = '\(tenant)' AND id = \(namespace);
            INSERT INTO configs (tenant_id, namespace_id, id, key, version, version_id, is_deleted, created_by, \
            created_at) SELECT '\(tenant)', \(namespace), c.*, false, \(user), now() \
            FROM unnest(ARRAY[md5('c' || :r)::uuid], ARRAY['p' || :r], ARRAY[1::bigint], ARRAY[md5('v' || :r)::uuid]) c;
            INSERT INTO config_versions (tenant_id, namespace_id, revision, created_by, created_at, comment, id, key, \
            version, change, ordinal, value_type, validation_schema, description, is_secret, sealed_value, tags) \
            SELECT '\(tenant)', \(namespace), \(revision), \(user), now(), NULL, v.id, v.key, v.version, v.change, \
            v.place - 1, v.value_type, v.validation_schema, v.description, v.is_secret, v.sealed_value, \
            string_to_array(v.tags, ' ') \
            FROM unnest(ARRAY[md5('v' || :r)::uuid], ARRAY['p' || :r], ARRAY[1::bigint], ARRAY['created'], \
            ARRAY['string'], ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[false], ARRAY[\(sealed)::bytea], ARRAY['']) \
            WITH ORDINALITY v(id, key, version, change, value_type, validation_schema, description, is_secret, \
            sealed_value, tags, place);
            INSERT INTO outbox (id, tenant_id, kind, resource_kind, resource_id, details, actor, request_id, trace_id, \
            occurred_at) VALUES (md5('o' || :r)::uuid, '\(tenant)', 'configuration.config_created', \(entry), \
            \(details), \(user), \(request), NULL, now());
            WITH waiting AS (INSERT INTO audit_unlinked (tenant_id, record_id) VALUES ('\(tenant)', md5('a' || :r)::uuid)) \
            INSERT INTO audit_records (tenant_id, id, actor, action, resource_kind, resource_id, outcome, details, \
            address, user_agent, request_id, trace_id, occurred_at) VALUES ('\(tenant)', md5('a' || :r)::uuid, \
            \(user), 'configuration.config_created', \(entry), 'success', \(details), '127.0.0.1', NULL, \(request), \
            NULL, now());
            COMMIT;
            \\endpipeline
            """
    }

    /// A new key with every request.
    static func wrk(round: Int, _ namespaces: [String]) -> String {
        """
        local n = 0
        local namespaces = {\(namespaces.map { "'\($0)'" }.joined(separator: ", "))}
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        request = function()
            n = n + 1
            return wrk.format(nil, '/api/v1/namespaces/' .. namespaces[math.random(#namespaces)] .. '/configs', nil,
                '{"key":"w\(round)_' .. n .. '","value":"postgresql://localhost:5432/mydb","value_type":"string"}')
        end
        """
    }
}
