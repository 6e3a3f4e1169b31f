DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'access_changes', 'audit_links', 'audit_records', 'audit_unlinked', 'config_references', 'config_versions',
        'configs', 'kept_replies', 'namespaces', 'outbox', 'sessions', 'users'] LOOP
        EXECUTE format('ALTER TABLE tenon.%I RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)', name);
    END LOOP;
END $$;
