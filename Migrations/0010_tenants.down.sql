DROP FUNCTION tenon.erase_tenant(uuid, bigint);
DROP FUNCTION directory.tenants(text, text, text, text, timestamptz, bigint, bigint);
DROP INDEX tenon.tenants_deleting;
ALTER TABLE tenon.tenants
    DROP COLUMN owner_name,
    DROP COLUMN owner_email,
    DROP COLUMN is_erasing,
    DROP COLUMN deletes_at,
    DROP COLUMN isolation;
DO $$
BEGIN
    IF tenon.has_roles() THEN
        REVOKE USAGE ON SCHEMA directory FROM tenon_relay;
        REVOKE INSERT ON tenon.outbox FROM tenon_relay;
    END IF;
END
$$;
