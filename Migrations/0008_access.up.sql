-- Users without a password, names in parts, sessions that their tokens name the tenant of, and the news of what made
-- credentials void.

ALTER TABLE tenon.users
    ALTER COLUMN password_hash DROP NOT NULL,
    ADD COLUMN first_name text,
    ADD COLUMN last_name text;
SELECT tenon.allow('service', 'DELETE', 'tenon.users');

DROP FUNCTION directory.tenant_of_session(bytea);
ALTER TABLE tenon.sessions DROP COLUMN id_digest;
-- What a user may still refresh: sessions that are over stay a while for those who look into them.
CREATE INDEX sessions_ends ON tenon.sessions (ends_at);
SELECT tenon.allow('relay', 'SELECT (ends_at, ended_at), DELETE', 'tenon.sessions');

-- In the transaction that changes what a credential may do; read by every process, once a second.
CREATE TABLE tenon.access_changes (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    epoch bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX access_changes_time ON tenon.access_changes (recorded_at);
SELECT tenon.protect('tenon.access_changes');
SELECT tenon.allow('service', 'INSERT', 'tenon.access_changes');
SELECT tenon.allow('relay', 'SELECT, DELETE', 'tenon.access_changes');
