-- Databases of their own, for tenants that have one. Everything here stands in the shared database and is of use there
-- alone; in a tenant's database, where the same migrations run, these tables stay empty.

CREATE TABLE tenon.tenant_databases (
    tenant_id uuid PRIMARY KEY,
    database_name text COLLATE "C" NOT NULL UNIQUE,
    state text NOT NULL CHECK (
        state IN ('requested', 'creating', 'migrating', 'seeding', 'ready', 'failed', 'dropping', 'dropped')),
    schema_version bigint NOT NULL,
    attempts bigint NOT NULL,
    last_error text,
    held_until timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX tenant_databases_pending ON tenon.tenant_databases (held_until) WHERE state NOT IN ('ready', 'dropped');
SELECT tenon.protect('tenon.tenant_databases');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE', 'tenon.tenant_databases');
SELECT tenon.allow('relay', 'SELECT, UPDATE (attempts, held_until)', 'tenon.tenant_databases');

-- What the directory finds of tenants whose rows stand elsewhere: a keyed digest of some kind, whose it is, and the id of
-- the row. Written before that row; one that leads to no row is harmless, since whoever follows it looks there.
CREATE TABLE tenon.directory_entries (
    kind text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    PRIMARY KEY (kind, digest, tenant_id, id)
);
CREATE INDEX directory_entries_tenant ON tenon.directory_entries (tenant_id);
SELECT tenon.protect('tenon.directory_entries');
SELECT tenon.allow('service', 'SELECT, INSERT, DELETE', 'tenon.directory_entries');

CREATE OR REPLACE FUNCTION directory.accounts_by_email(digest bytea, maximum bigint)
    RETURNS TABLE (tenant_id uuid, user_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT a.tenant_id, a.id FROM (
        SELECT u.tenant_id, u.id FROM tenon.users u WHERE u.email_digest = accounts_by_email.digest
        UNION ALL
        SELECT e.tenant_id, e.id FROM tenon.directory_entries e
        WHERE e.kind = 'email' AND e.digest = accounts_by_email.digest) a
        ORDER BY a.id LIMIT least(maximum, 5);
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;

CREATE OR REPLACE FUNCTION directory.accounts_by_username(digest bytea, maximum bigint)
    RETURNS TABLE (tenant_id uuid, user_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT a.tenant_id, a.id FROM (
        SELECT u.tenant_id, u.id FROM tenon.users u WHERE u.username_digest = accounts_by_username.digest
        UNION ALL
        SELECT e.tenant_id, e.id FROM tenon.directory_entries e
        WHERE e.kind = 'username' AND e.digest = accounts_by_username.digest) a
        ORDER BY a.id LIMIT least(maximum, 5);
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;
