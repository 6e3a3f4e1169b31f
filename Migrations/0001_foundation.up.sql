-- What every table stands on: the tenant of a transaction, the policies that hold rows to it, and keys.
-- The schema `tenon`, its migrations table and, where the login may make them, the roles exist already.

CREATE SCHEMA directory;

-- Whether the installation has its three roles. Where they could not be made, one login owns and serves, and
-- FORCE ROW LEVEL SECURITY holds it to the policies.
CREATE FUNCTION tenon.has_roles() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT coalesce(nspowner = to_regrole('tenon_owner'), false) FROM pg_namespace WHERE nspname = 'tenon' $$;

-- GRANT to `tenon_<grantee>`, where there are roles.
CREATE FUNCTION tenon.allow(grantee text, privileges text, target text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF tenon.has_roles() THEN
        EXECUTE format('GRANT %s ON %s TO %I', privileges, target, 'tenon_' || grantee);
    END IF;
END
$$;

-- The tenant that this transaction works for; null where none was set, so that no row matches. A local setting
-- reads as '' after its transaction, hence nullif.
CREATE FUNCTION tenon.current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('tenon.tenant_id', true), '')::uuid $$;

-- Without roles: whether this statement is one of the listed exceptions. Their functions switch it on around one
-- query (a setting of the function itself would take a superuser to declare).
CREATE FUNCTION tenon.crosses_tenants() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('tenon.across_tenants', true), '') = 'on' $$;

-- Holds a table's rows to the transaction's tenant. The policy is restrictive: no other policy can widen it.
CREATE FUNCTION tenon.protect(target regclass, tenant_column text DEFAULT 'tenant_id') RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    guard text := format('%I = (SELECT tenon.current_tenant())', tenant_column);
    grantee text := 'tenon_service';
BEGIN
    IF NOT tenon.has_roles() THEN
        guard := format('(%s OR (SELECT tenon.crosses_tenants()))', guard);
        grantee := 'PUBLIC';
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY every_row ON %s USING (true) WITH CHECK (true)', target);
    EXECUTE format('CREATE POLICY own_tenant ON %s AS RESTRICTIVE TO %s USING (%s) WITH CHECK (%s)',
        target, grantee, guard, guard);
END
$$;

SELECT tenon.allow('service', 'USAGE', 'SCHEMA tenon');
SELECT tenon.allow('service', 'USAGE', 'SCHEMA directory');
SELECT tenon.allow('service', 'SELECT', 'tenon.schema_migrations');
SELECT tenon.allow('relay', 'USAGE', 'SCHEMA tenon');

CREATE TABLE tenon.data_keys (
    tenant_id uuid NOT NULL,
    purpose text NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    kek_version bigint NOT NULL CHECK (kek_version > 0),
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, purpose, version)
);
CREATE INDEX data_keys_kek ON tenon.data_keys (kek_version);
SELECT tenon.protect('tenon.data_keys');
SELECT tenon.allow('service', 'SELECT, INSERT', 'tenon.data_keys');

CREATE TABLE tenon.signing_keys (
    key_id text PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('pending', 'active', 'retiring')),
    public_key bytea NOT NULL,
    wrapped_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX signing_keys_one_active ON tenon.signing_keys (state) WHERE state = 'active';
SELECT tenon.allow('service', 'SELECT, INSERT', 'tenon.signing_keys');

-- One key per KEK version in use: what a starting process must be able to open.
CREATE FUNCTION directory.data_key_per_kek()
    RETURNS TABLE (
        tenant_id uuid, purpose text, version bigint, kek_version bigint, wrapped bytea, created_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT DISTINCT ON (k.kek_version)
            k.tenant_id, k.purpose, k.version, k.kek_version, k.wrapped, k.created_at
        FROM tenon.data_keys k ORDER BY k.kek_version, k.tenant_id;
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;
REVOKE ALL ON FUNCTION directory.data_key_per_kek() FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.data_key_per_kek()');
