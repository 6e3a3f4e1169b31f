-- Connections to OpenID providers, who came over them, and the states of logins that were used.

CREATE TABLE tenon.sso_connections (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    id_digest bytea NOT NULL,
    name text COLLATE "C" NOT NULL,
    preset text NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    sealed_client_secret bytea,
    scopes text[] NOT NULL,
    domains text[] NOT NULL,
    email_claim text NOT NULL,
    email_verified_claim text NOT NULL,
    name_claim text NOT NULL,
    roles_claim text NOT NULL,
    -- The values of the claim, and in the same places the roles that they stand for.
    mapped_values text[] NOT NULL,
    mapped_roles text[] NOT NULL,
    default_roles text[] NOT NULL,
    creates_users boolean NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT sso_connections_name_key UNIQUE (tenant_id, name)
);
CREATE UNIQUE INDEX sso_connections_id_digest ON tenon.sso_connections (id_digest);
SELECT tenon.protect('tenon.sso_connections');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE, DELETE', 'tenon.sso_connections');
SELECT tenon.allow(
    'relay', 'SELECT (tenant_id, id, sealed_client_secret), UPDATE (sealed_client_secret)', 'tenon.sso_connections');

CREATE TABLE tenon.user_identities (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    subject text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT user_identities_subject_key PRIMARY KEY (tenant_id, connection_id, subject),
    CONSTRAINT user_identities_user_key UNIQUE (tenant_id, user_id, connection_id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES tenon.sso_connections (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES tenon.users (tenant_id, id) ON DELETE CASCADE
);
SELECT tenon.protect('tenon.user_identities');
SELECT tenon.allow('service', 'SELECT, INSERT', 'tenon.user_identities');

-- A state is spent by the first browser that brings it back; forgotten when it could not be used any more.
CREATE TABLE tenon.sso_spent_states (
    tenant_id uuid NOT NULL,
    state_digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, state_digest)
);
CREATE INDEX sso_spent_states_expiry ON tenon.sso_spent_states (tenant_id, expires_at);
SELECT tenon.protect('tenon.sso_spent_states');
SELECT tenon.allow('service', 'SELECT, INSERT, DELETE', 'tenon.sso_spent_states');

CREATE FUNCTION directory.tenant_of_sso_connection(digest bytea)
    RETURNS TABLE (tenant_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT c.tenant_id FROM tenon.sso_connections c WHERE c.id_digest = tenant_of_sso_connection.digest
        UNION ALL
        SELECT e.tenant_id FROM tenon.directory_entries e
        WHERE e.kind = 'sso_connection' AND e.digest = tenant_of_sso_connection.digest;
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;
REVOKE ALL ON FUNCTION directory.tenant_of_sso_connection(bytea) FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.tenant_of_sso_connection(bytea)');
