-- A user's sessions are bounded, ended ones are forgotten, and who was right from an address is not held up there by what
-- others try elsewhere.

-- To end those beyond the bound, and to list what is left. What a refresh changes stands in neither index.
CREATE INDEX sessions_standing ON tenon.sessions (tenant_id, user_id, id) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended ON tenon.sessions (ended_at) WHERE ended_at IS NOT NULL;

-- Keyed digests, as those of the attempts.
CREATE TABLE directory.known_sign_ins (
    digest bytea PRIMARY KEY,
    seen_at timestamptz NOT NULL
);
CREATE INDEX known_sign_ins_time ON directory.known_sign_ins (seen_at);
SELECT tenon.allow('relay', 'SELECT, DELETE', 'directory.known_sign_ins');

DROP FUNCTION directory.begin_sign_in(bytea[], bigint[], bigint[], bigint, timestamptz);
DROP FUNCTION directory.sign_in_succeeded(bytea, boolean);

-- Counts an attempt under each key, or answers until when the first blocked one is blocked. A key whose exemption is known
-- has no part. An update waits for one that races with it; all callers name their keys in the same order of kinds, so
-- that no two wait for one another.
CREATE FUNCTION directory.begin_sign_in(
    keys bytea[], free bigint[], longest_ms bigint[], exemptions bytea[], memory_ms bigint, trust_ms bigint,
    at timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    parts int[] := '{}';
    i int;
    counted bigint;
    held timestamptz;
    blocked timestamptz;
BEGIN
    FOR i IN 1 .. cardinality(keys) LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM directory.known_sign_ins k
            WHERE k.digest = exemptions[i] AND k.seen_at >= at - trust_ms * interval '1 millisecond');
        parts := parts || i;
        SELECT a.blocked_until INTO held FROM directory.sign_in_attempts a
        WHERE a.digest = keys[i] AND a.blocked_until > at;
        blocked := greatest(blocked, held);
    END LOOP;
    -- What is refused is counted nowhere.
    IF blocked IS NOT NULL THEN
        RETURN blocked;
    END IF;
    FOREACH i IN ARRAY parts LOOP
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

-- In the same order of kinds. What is known is written again once a day: most sign-ins write nothing there.
CREATE FUNCTION directory.sign_in_succeeded(
    forgotten bytea[], lessened bytea[], exemption bytea, at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    key bytea;
BEGIN
    FOREACH key IN ARRAY forgotten LOOP
        DELETE FROM directory.sign_in_attempts WHERE digest = key;
    END LOOP;
    FOREACH key IN ARRAY lessened LOOP
        DELETE FROM directory.sign_in_attempts WHERE digest = key AND attempts <= 1;
        UPDATE directory.sign_in_attempts SET attempts = attempts - 1, blocked_until = last_at WHERE digest = key;
    END LOOP;
    IF exemption IS NOT NULL AND NOT EXISTS (
        SELECT FROM directory.known_sign_ins k WHERE k.digest = exemption AND k.seen_at > at - interval '1 day')
    THEN
        INSERT INTO directory.known_sign_ins AS k (digest, seen_at) VALUES (exemption, at)
        ON CONFLICT (digest) DO UPDATE SET seen_at = greatest(k.seen_at, at);
    END IF;
END
$$;

REVOKE ALL ON FUNCTION
    directory.begin_sign_in(bytea[], bigint[], bigint[], bytea[], bigint, bigint, timestamptz),
    directory.sign_in_succeeded(bytea[], bytea[], bytea, timestamptz) FROM PUBLIC;
SELECT tenon.allow(
    'service', 'EXECUTE',
    'FUNCTION directory.begin_sign_in(bytea[], bigint[], bigint[], bytea[], bigint, bigint, timestamptz)');
SELECT tenon.allow(
    'service', 'EXECUTE', 'FUNCTION directory.sign_in_succeeded(bytea[], bytea[], bytea, timestamptz)');
