DROP INDEX tenon.password_resets_expiry;
DO $$
BEGIN
    IF tenon.has_roles() THEN
        REVOKE SELECT (expires_at), DELETE ON tenon.password_resets FROM tenon_relay;
    END IF;
END
$$;
SELECT tenon.allow('service', 'UPDATE', 'tenon.password_resets');
DROP INDEX tenon.audit_records_kind;
DROP INDEX tenon.users_owners;
DROP FUNCTION directory.tenants_by_username(bytea, bigint);
DROP FUNCTION directory.tenants_by_email(bytea, bigint);

CREATE FUNCTION directory.accounts_by_email(digest bytea, maximum bigint)
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

CREATE FUNCTION directory.accounts_by_username(digest bytea, maximum bigint)
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

REVOKE ALL ON FUNCTION directory.accounts_by_email(bytea, bigint), directory.accounts_by_username(bytea, bigint)
    FROM PUBLIC;
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.accounts_by_email(bytea, bigint)');
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.accounts_by_username(bytea, bigint)');
