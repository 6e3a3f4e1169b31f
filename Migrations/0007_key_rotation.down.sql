DROP INDEX tenon.signing_keys_one_pending;
ALTER TABLE tenon.signing_keys DROP COLUMN state_since;
DO $$
BEGIN
    IF tenon.has_roles() THEN
        REVOKE ALL ON tenon.signing_keys FROM tenon_relay;
        REVOKE INSERT ON tenon.audit_records FROM tenon_relay;
        REVOKE SELECT (tenant_id, claim, id, sealed_reply), UPDATE (sealed_reply) ON tenon.kept_replies
            FROM tenon_relay;
        REVOKE ALL ON tenon.config_versions FROM tenon_relay;
        REVOKE ALL ON tenon.data_keys FROM tenon_relay;
    END IF;
END
$$;
