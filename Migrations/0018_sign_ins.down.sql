DROP FUNCTION directory.sign_in_succeeded(bytea[], bytea[], bytea, timestamptz);
DROP FUNCTION directory.begin_sign_in(bytea[], bigint[], bigint[], bytea[], bigint, bigint, timestamptz);
DROP TABLE directory.known_sign_ins;
DROP INDEX tenon.sessions_ended;
DROP INDEX tenon.sessions_standing;

-- Counts an attempt under each key, or answers until when the first blocked one is blocked. An update waits for one that
-- races with it; all callers name their keys in the same order of kinds, so that no two wait for one another.
CREATE FUNCTION directory.begin_sign_in(
    keys bytea[], free bigint[], longest_ms bigint[], memory_ms bigint, at timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    counted bigint;
    blocked timestamptz;
BEGIN
    -- What is refused is counted nowhere.
    SELECT max(a.blocked_until) INTO blocked FROM directory.sign_in_attempts a
    WHERE a.digest = ANY(keys) AND a.blocked_until > at;
    IF blocked IS NOT NULL THEN
        RETURN blocked;
    END IF;
    FOR i IN 1 .. cardinality(keys) LOOP
        INSERT INTO directory.sign_in_attempts AS a (digest, attempts, last_at, blocked_until)
        VALUES (keys[i], 1, at, at)
        ON CONFLICT (digest) DO UPDATE SET
            attempts = CASE WHEN a.last_at < at - memory_ms * interval '1 millisecond' THEN 1 ELSE a.attempts + 1 END,
            last_at = at
        WHERE a.blocked_until <= at
        RETURNING attempts INTO counted;
        IF counted IS NULL THEN
            RETURN (SELECT a.blocked_until FROM directory.sign_in_attempts a WHERE a.digest = keys[i]);
        END IF;
        IF counted > free[i] THEN
            UPDATE directory.sign_in_attempts a
            SET blocked_until = at + interval '1 millisecond'
                * least(longest_ms[i], 1000 * (1::bigint << least(30, counted - free[i] - 1)::int))
            WHERE a.digest = keys[i];
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE FUNCTION directory.sign_in_succeeded(key bytea, forget boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    DELETE FROM directory.sign_in_attempts WHERE digest = key AND (forget OR attempts <= 1);
    UPDATE directory.sign_in_attempts SET attempts = attempts - 1, blocked_until = last_at WHERE digest = key;
$$;

REVOKE ALL ON FUNCTION directory.begin_sign_in(bytea[], bigint[], bigint[], bigint, timestamptz),
    directory.sign_in_succeeded(bytea, boolean) FROM PUBLIC;
SELECT tenon.allow(
    'service', 'EXECUTE', 'FUNCTION directory.begin_sign_in(bytea[], bigint[], bigint[], bigint, timestamptz)');
SELECT tenon.allow('service', 'EXECUTE', 'FUNCTION directory.sign_in_succeeded(bytea, boolean)');
