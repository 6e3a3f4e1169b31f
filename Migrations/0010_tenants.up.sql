-- Tenants that are made and deleted by administrators of the platform.

ALTER TABLE tenon.tenants
    ADD COLUMN isolation text NOT NULL DEFAULT 'shared' CHECK (isolation IN ('shared', 'database')),
    ADD COLUMN deletes_at timestamptz,
    ADD COLUMN is_erasing boolean NOT NULL DEFAULT false,
    ADD COLUMN owner_email text,
    ADD COLUMN owner_name text;
ALTER TABLE tenon.tenants ALTER COLUMN isolation DROP DEFAULT, ALTER COLUMN is_erasing DROP DEFAULT;
CREATE INDEX tenants_deleting ON tenon.tenants (deletes_at) WHERE deletes_at IS NOT NULL;

-- The platform's list of its tenants: their own columns, and nothing that belongs to them. Only the relay's role may call
-- it, so that no statement of a request's role lists tenants.
CREATE FUNCTION directory.tenants(
        after_slug text, prefix text, wanted_status text, wanted_plan text, due_by timestamptz, maximum bigint, skipped bigint)
    RETURNS SETOF tenon.tenants
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM set_config('tenon.across_tenants', 'on', true);
    -- '~' stands behind every character of a slug.
    RETURN QUERY SELECT t.* FROM tenon.tenants t
        WHERE t.slug > after_slug COLLATE "C" AND t.slug >= prefix COLLATE "C" AND t.slug < prefix || '~' COLLATE "C"
            AND (wanted_status IS NULL OR t.status = wanted_status) AND (wanted_plan IS NULL OR t.plan = wanted_plan)
            AND (due_by IS NULL OR (t.status = 'deleting' AND t.deletes_at <= due_by))
        ORDER BY t.slug LIMIT maximum OFFSET skipped;
    PERFORM set_config('tenon.across_tenants', 'off', true);
END
$$;

-- Takes away at most about `maximum` rows of a tenant that is being erased, from every table that has a tenant but for the
-- audit log, and what is on its way to others; the tenant itself where nothing else was left. Answers `gone` once
-- the tenant is, `going` where something was taken, and `waiting` where nothing can be: another process is at it, or it is
-- not being erased. A row that others refer to waits for those.
CREATE FUNCTION tenon.erase_tenant(tenant uuid, maximum bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    target regclass;
    taken bigint;
    rest bigint := maximum;
    is_blocked boolean := false;
BEGIN
    -- One process at a time.
    IF NOT pg_try_advisory_xact_lock(hashtextextended(tenant::text, 0)) THEN RETURN 'waiting'; END IF;
    PERFORM set_config('tenon.across_tenants', 'on', true);
    IF NOT EXISTS (SELECT FROM tenon.tenants t WHERE t.id = tenant AND t.is_erasing) THEN
        PERFORM set_config('tenon.across_tenants', 'off', true);
        RETURN 'waiting';
    END IF;
    FOR target IN
        SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'tenon'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND a.attname = 'tenant_id' AND NOT a.attisdropped AND c.relname NOT LIKE 'audit%' AND c.relname NOT IN ('outbox', 'access_changes')
        ORDER BY c.relname
    LOOP
        EXIT WHEN rest <= 0;
        BEGIN
            EXECUTE format(
                'DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE tenant_id = $1 LIMIT $2))',
                target, target) USING tenant, rest;
            GET DIAGNOSTICS taken = ROW_COUNT;
            rest := rest - taken;
        EXCEPTION WHEN foreign_key_violation THEN
            is_blocked := true;
        END;
    END LOOP;
    IF rest < maximum OR is_blocked THEN
        PERFORM set_config('tenon.across_tenants', 'off', true);
        RETURN CASE WHEN rest < maximum THEN 'going' ELSE 'waiting' END;
    END IF;
    DELETE FROM tenon.tenants t WHERE t.id = tenant;
    PERFORM set_config('tenon.across_tenants', 'off', true);
    RETURN 'gone';
END
$$;

REVOKE ALL ON FUNCTION directory.tenants(text, text, text, text, timestamptz, bigint, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION tenon.erase_tenant(uuid, bigint) FROM PUBLIC;
SELECT tenon.allow('relay', 'USAGE', 'SCHEMA directory');
SELECT tenon.allow(
    'relay', 'EXECUTE', 'FUNCTION directory.tenants(text, text, text, text, timestamptz, bigint, bigint)');
SELECT tenon.allow('relay', 'EXECUTE', 'FUNCTION tenon.erase_tenant(uuid, bigint)');
-- The last event of a tenant is recorded in the transaction that takes it away.
SELECT tenon.allow('relay', 'INSERT', 'tenon.outbox');
