-- Tenants, their users, and sessions. Digests are keyed (HMAC): they serve the lookups before a tenant is known.

CREATE TABLE tenon.tenants (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    slug_digest bytea NOT NULL,
    name text NOT NULL,
    plan text NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT tenants_slug_key UNIQUE (slug)
);
CREATE INDEX tenants_slug_digest ON tenon.tenants (slug_digest);
SELECT tenon.protect('tenon.tenants', 'id');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE', 'tenon.tenants');

CREATE TABLE tenon.users (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    email_folded text NOT NULL,
    email_digest bytea NOT NULL,
    username text,
    username_folded text,
    username_digest bytea,
    full_name text,
    password_hash text NOT NULL,
    roles text[] NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_email_key UNIQUE (tenant_id, email_folded),
    CONSTRAINT users_username_key UNIQUE (tenant_id, username_folded)
);
CREATE INDEX users_email_digest ON tenon.users (email_digest);
CREATE INDEX users_username_digest ON tenon.users (username_digest);
SELECT tenon.protect('tenon.users');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE', 'tenon.users');

CREATE TABLE tenon.sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    id_digest bytea NOT NULL,
    user_id uuid NOT NULL,
    counter bigint NOT NULL,
    created_at timestamptz NOT NULL,
    rotated_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    address text,
    user_agent text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES tenon.users (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sessions_id_digest ON tenon.sessions (id_digest);
CREATE INDEX sessions_user ON tenon.sessions (tenant_id, user_id);
SELECT tenon.protect('tenon.sessions');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE', 'tenon.sessions');

-- The directory: exact keys in, ids out, no listing.

CREATE FUNCTION directory.tenant_by_slug(digest bytea)
    RETURNS TABLE (tenant_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT t.id FROM tenon.tenants t WHERE t.slug_digest = digest;
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;

CREATE FUNCTION directory.accounts_by_email(digest bytea, maximum bigint)
    RETURNS TABLE (tenant_id uuid, user_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT u.tenant_id, u.id FROM tenon.users u
        WHERE u.email_digest = digest ORDER BY u.id LIMIT least(maximum, 5);
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;

CREATE FUNCTION directory.accounts_by_username(digest bytea, maximum bigint)
    RETURNS TABLE (tenant_id uuid, user_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT u.tenant_id, u.id FROM tenon.users u
        WHERE u.username_digest = digest ORDER BY u.id LIMIT least(maximum, 5);
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;

CREATE FUNCTION directory.tenant_of_session(digest bytea)
    RETURNS TABLE (tenant_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT s.tenant_id FROM tenon.sessions s WHERE s.id_digest = digest;
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA directory FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'ALL FUNCTIONS IN SCHEMA directory');
