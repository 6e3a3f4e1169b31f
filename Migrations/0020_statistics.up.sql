-- Among indexes that it takes for equally good, as on a table without statistics, the planner prefers the one made last. Rows
-- are looked up by their ids, so that one is to be it; else each lookup reads all rows of the tenant.
ALTER TABLE tenon.config_versions
    DROP CONSTRAINT config_versions_pkey, ADD CONSTRAINT config_versions_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE tenon.audit_records
    DROP CONSTRAINT audit_records_pkey, ADD CONSTRAINT audit_records_pkey PRIMARY KEY (tenant_id, id);

-- Tables that grow by thousands of rows at a time: autovacuum counts their rows anew once a fiftieth of them changed, not a
-- tenth. The login of requests owns no table, and so may not ANALYZE any.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'access_changes', 'audit_links', 'audit_records', 'audit_unlinked', 'config_references', 'config_versions',
        'configs', 'kept_replies', 'namespaces', 'outbox', 'sessions', 'users'] LOOP
        EXECUTE format(
            'ALTER TABLE tenon.%I SET (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 500)', name);
    END LOOP;
END $$;
