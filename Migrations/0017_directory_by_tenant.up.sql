-- The directory answers tenants, what lists and locks ask for has its index, and password resets are forgotten.
-- Without roles the policies hold the migrating login too.
SELECT set_config('tenon.across_tenants', 'on', true);

-- A name stands once at a tenant, so the tenant says where to look it up. An entry that leads to no row, since its
-- transaction failed or the name was changed, hides nothing of another tenant.
DROP FUNCTION directory.accounts_by_email(bytea, bigint);
DROP FUNCTION directory.accounts_by_username(bytea, bigint);

CREATE FUNCTION directory.tenants_by_email(digest bytea, maximum bigint)
    RETURNS TABLE (tenant_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT o.tenant_id FROM (
        SELECT DISTINCT ON (a.tenant_id) a.tenant_id, a.id FROM (
            SELECT u.tenant_id, u.id FROM tenon.users u WHERE u.email_digest = tenants_by_email.digest
            UNION ALL
            SELECT e.tenant_id, e.id FROM tenon.directory_entries e
            WHERE e.kind = 'email' AND e.digest = tenants_by_email.digest) a
        ORDER BY a.tenant_id, a.id) o
        ORDER BY o.id LIMIT least(maximum, 5);
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;

CREATE FUNCTION directory.tenants_by_username(digest bytea, maximum bigint)
    RETURNS TABLE (tenant_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    RETURN QUERY SELECT o.tenant_id FROM (
        SELECT DISTINCT ON (a.tenant_id) a.tenant_id, a.id FROM (
            SELECT u.tenant_id, u.id FROM tenon.users u WHERE u.username_digest = tenants_by_username.digest
            UNION ALL
            SELECT e.tenant_id, e.id FROM tenon.directory_entries e
            WHERE e.kind = 'username' AND e.digest = tenants_by_username.digest) a
        ORDER BY a.tenant_id, a.id) o
        ORDER BY o.id LIMIT least(maximum, 5);
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;
REVOKE ALL ON FUNCTION directory.tenants_by_email(bytea, bigint), directory.tenants_by_username(bytea, bigint)
    FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.tenants_by_email(bytea, bigint)');
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.tenants_by_username(bytea, bigint)');

-- The few who must not all go at once.
CREATE INDEX users_owners ON tenon.users (tenant_id, id)
    WHERE status = 'active' AND roles && '{owner,platform_administrator}';
-- The audit log of one kind of resource.
CREATE INDEX audit_records_kind ON tenon.audit_records (tenant_id, resource_kind, occurred_at, id);

-- Resets are made and taken, never changed; those that nobody took go when they are over.
DO $$
BEGIN
    IF tenon.has_roles() THEN
        REVOKE UPDATE ON tenon.password_resets FROM tenon_service;
    END IF;
END
$$;
CREATE INDEX password_resets_expiry ON tenon.password_resets (expires_at);
SELECT tenon.allow('relay', 'SELECT (expires_at), DELETE', 'tenon.password_resets');
