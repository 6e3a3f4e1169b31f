-- API keys with their secrets, of which digests alone are stored, and the signatures that were accepted.

CREATE TABLE tenon.api_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    id_digest bytea NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    allowed_cidrs text[] NOT NULL,
    expires_at timestamptz,
    requires_signature boolean NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_used_at timestamptz,
    last_used_address text,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX api_keys_id_digest ON tenon.api_keys (id_digest);
SELECT tenon.protect('tenon.api_keys');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE, DELETE', 'tenon.api_keys');

CREATE TABLE tenon.api_key_credentials (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key_id uuid NOT NULL,
    public_part text NOT NULL,
    digest bytea NOT NULL,
    -- Of Ed25519; of HMAC the sealed secret stands.
    public_key bytea,
    sealed_secret bytea,
    created_at timestamptz NOT NULL,
    -- Null for the newest one of a key.
    ends_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, key_id) REFERENCES tenon.api_keys (tenant_id, id) ON DELETE CASCADE,
    CHECK (public_key IS NULL OR sealed_secret IS NULL)
);
CREATE UNIQUE INDEX api_key_credentials_digest ON tenon.api_key_credentials (digest);
CREATE INDEX api_key_credentials_key ON tenon.api_key_credentials (tenant_id, key_id);
SELECT tenon.protect('tenon.api_key_credentials');
SELECT tenon.allow('service', 'SELECT, INSERT, DELETE', 'tenon.api_key_credentials');
SELECT tenon.allow(
    'relay', 'SELECT (tenant_id, id, sealed_secret), UPDATE (sealed_secret)', 'tenon.api_key_credentials');

-- A signature is good for one request. The rows go when no process would accept it any longer.
CREATE TABLE tenon.seen_signatures (
    tenant_id uuid NOT NULL,
    digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
CREATE INDEX seen_signatures_expiry ON tenon.seen_signatures (expires_at);
SELECT tenon.protect('tenon.seen_signatures');
SELECT tenon.allow('service', 'SELECT (tenant_id, digest), INSERT', 'tenon.seen_signatures');
SELECT tenon.allow('relay', 'SELECT (expires_at), DELETE', 'tenon.seen_signatures');

CREATE FUNCTION directory.api_key(secret_digest bytea)
    RETURNS TABLE (tenant_id uuid, key_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT c.tenant_id, c.key_id FROM tenon.api_key_credentials c WHERE c.digest = secret_digest
        UNION ALL
        SELECT e.tenant_id, e.id FROM tenon.directory_entries e
        WHERE e.kind = 'api_key_secret' AND e.digest = secret_digest;
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;
REVOKE ALL ON FUNCTION directory.api_key(bytea) FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.api_key(bytea)');

CREATE FUNCTION directory.tenant_of_api_key(digest bytea)
    RETURNS TABLE (tenant_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT k.tenant_id FROM tenon.api_keys k WHERE k.id_digest = tenant_of_api_key.digest
        UNION ALL
        SELECT e.tenant_id FROM tenon.directory_entries e
        WHERE e.kind = 'api_key' AND e.digest = tenant_of_api_key.digest;
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;
REVOKE ALL ON FUNCTION directory.tenant_of_api_key(bytea) FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.tenant_of_api_key(bytea)');
