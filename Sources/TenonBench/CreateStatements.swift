internal import TenonDomain
internal import TenonPostgres

/// A config create as pgbench and as wrk run it.
enum CreateStatements {
    /// The statements that `CreateConfig` runs, one by one as a plain client sends them.
    static func pgbench(tenant: String, namespace: String) -> String {
        let tenant = TenantID(tenant).map { Scope.uuidText($0) } ?? ""
        let namespace = NamespaceID(namespace).map { Scope.uuidText($0) } ?? ""
        let sealed = "'\\\\x" + String(repeating: "ab", count: 49) + "'"
        return """
            \\set r random(1, 9000000000000000000)
            BEGIN;
            SELECT set_config('tenon.tenant_id', '\(tenant)', true), set_config('statement_timeout', '5000', true);
            SELECT id, name, description, version, created_by, created_at, updated_at FROM namespaces \
            WHERE tenant_id = '\(tenant)' AND id = '\(namespace)';
            INSERT INTO configs (tenant_id, id, namespace_id, key, description, is_secret, value_type, \
            validation_schema, version, version_id, created_by, created_at, updated_by, updated_at) \
            VALUES ('\(tenant)', md5('c' || :r)::uuid, '\(namespace)', 'p' || :r, NULL, false, 'string', NULL, 1, \
            md5('v' || :r)::uuid, 'usr_01m7y9wpfmfvsvd8ady54467tt', now(), 'usr_01m7y9wpfmfvsvd8ady54467tt', now());
            INSERT INTO config_versions (tenant_id, id, config_id, version, value_type, validation_schema, \
            sealed_value, created_by, created_at) VALUES ('\(tenant)', md5('v' || :r)::uuid, \
            md5('c' || :r)::uuid, 1, 'string', NULL, \(sealed), 'usr_01m7y9wpfmfvsvd8ady54467tt', now());
            INSERT INTO outbox (id, tenant_id, kind, resource_kind, resource_id, details, actor, request_id, \
            occurred_at) VALUES (md5('o' || :r)::uuid, '\(tenant)', 'configuration.config_created', 'config', \
            'cfg_01m7y9wpqyfgva6vmb4mgd5k7c', '{"is_secret": false,"key":"p","namespace_id":"ns_01m7y9wpn4f98r5h1yj",\
            "value_type":"string","version": 1}', 'usr_01m7y9wpfmfvsvd8ady54467tt', 'req_01m7y9wprne9nbwnsd2h979fyf', \
            now());
            INSERT INTO audit_records (tenant_id, id, actor, action, resource_kind, resource_id, outcome, details, \
            address, user_agent, request_id, occurred_at) VALUES ('\(tenant)', md5('a' || :r)::uuid, \
            'usr_01m7y9wpfmfvsvd8ady54467tt', 'configuration.config_created', 'config', \
            'cfg_01m7y9wpqyfgva6vmb4mgd5k7c', 'success', '{"is_secret": false,"key":"p","namespace_id":\
            "ns_01m7y9wpn4f98r5h1yj","value_type":"string","version": 1}', '127.0.0.1', NULL, \
            'req_01m7y9wprne9nbwnsd2h979fyf', now());
            COMMIT;
            """.replacing("\\\\x", with: "\\x")
    }

    /// A new key with every request.
    static func wrk(round: Int) -> String {
        """
        local n = 0
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        request = function()
            n = n + 1
            return wrk.format(nil, nil, nil,
                '{"key":"w\(round)_' .. n .. '","value":"postgresql://localhost:5432/mydb","value_type":"string"}')
        end
        """
    }
}
