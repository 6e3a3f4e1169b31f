CREATE OR REPLACE FUNCTION directory.accounts_by_email(digest bytea, maximum bigint)
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

CREATE OR REPLACE FUNCTION directory.accounts_by_username(digest bytea, maximum bigint)
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

DROP TABLE tenon.directory_entries;
DROP TABLE tenon.tenant_databases;
