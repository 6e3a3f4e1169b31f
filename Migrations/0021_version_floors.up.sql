-- No version, revision or entity tag is given out twice, not even after a restore of a backup.

-- Of a tenant: versions up to the floor may have been given out. A restore raises it by more than anybody counts, and a
-- role that is deleted raises it to its version, since a role of the same name has the same address. `writes_from` is
-- when a restored tenant may write again: by then every process knows which credentials are void.
CREATE TABLE tenon.version_floors (
    tenant_id uuid PRIMARY KEY,
    floor bigint NOT NULL DEFAULT 0,
    writes_from timestamptz NOT NULL DEFAULT '-infinity'
);
SELECT tenon.protect('tenon.version_floors');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE (floor)', 'tenon.version_floors');

-- What the last restore made the revision; watchers that have seen less must read again.
ALTER TABLE tenon.namespaces ADD COLUMN restored_revision bigint NOT NULL DEFAULT 0;

-- First in each transaction that writes a tenant's rows. Holds a restore up until the transaction ends; fails while one is
-- under way, and a moment after it.
CREATE FUNCTION tenon.begin_write(tenant uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock_shared(hashtextextended('tenon writes ' || tenant::text, 0))
        OR EXISTS (SELECT FROM tenon.version_floors f WHERE f.tenant_id = tenant AND f.writes_from > clock_timestamp())
    THEN
        RAISE EXCEPTION 'the tenant is being restored' USING ERRCODE = 'TN002';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION tenon.begin_write(uuid) FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION tenon.begin_write(uuid)');
