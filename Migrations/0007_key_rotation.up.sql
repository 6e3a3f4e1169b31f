-- What the operator's commands on keys need. They work with the relay's rights, so that requests still cannot change a
-- value that stands, nor a key.

SELECT tenon.allow('relay', 'SELECT, INSERT, DELETE, UPDATE (kek_version, wrapped)', 'tenon.data_keys');
SELECT tenon.allow('relay', 'SELECT (tenant_id, id, sealed_value), UPDATE (sealed_value)', 'tenon.config_versions');
SELECT tenon.allow(
    'relay', 'SELECT (tenant_id, claim, id, sealed_reply), UPDATE (sealed_reply)', 'tenon.kept_replies');
-- What they do stands in the audit log in the transaction that does it.
SELECT tenon.allow('relay', 'INSERT', 'tenon.audit_records');

-- When a key came into its state: what is due next follows from it.
ALTER TABLE tenon.signing_keys ADD COLUMN state_since timestamptz;
UPDATE tenon.signing_keys SET state_since = created_at;
ALTER TABLE tenon.signing_keys ALTER COLUMN state_since SET NOT NULL;
CREATE UNIQUE INDEX signing_keys_one_pending ON tenon.signing_keys (state) WHERE state = 'pending';
SELECT tenon.allow(
    'relay', 'SELECT, INSERT, DELETE, UPDATE (state, state_since, wrapped_private_key)', 'tenon.signing_keys');
