-- The audit log's contents are sealed, and its records are links of one chain per tenant.
-- Without roles the policies hold the migrating login too.
SELECT set_config('tenon.across_tenants', 'on', true);

-- Records from before this migration, and what operators did to keys, have their details as text. All others have them
-- sealed, with what was changed, and a salted digest of it beside.
ALTER TABLE tenon.audit_records
    ALTER COLUMN details DROP NOT NULL,
    ADD COLUMN sealed_content bytea,
    ADD COLUMN content_digest bytea,
    ADD CONSTRAINT audit_records_content CHECK (
        (details IS NULL) <> (sealed_content IS NULL) AND (sealed_content IS NULL) = (content_digest IS NULL));

-- Every filter of the list is led by the tenant and goes on in the list's own order.
CREATE INDEX audit_records_time ON tenon.audit_records (tenant_id, occurred_at, id);
CREATE INDEX audit_records_actor ON tenon.audit_records (tenant_id, actor, occurred_at, id);
CREATE INDEX audit_records_action ON tenon.audit_records (tenant_id, action, occurred_at, id);
CREATE INDEX audit_records_resource
    ON tenon.audit_records (tenant_id, resource_kind, resource_id, occurred_at, id);
-- Nearly every record is of a success.
CREATE INDEX audit_records_refused
    ON tenon.audit_records (tenant_id, outcome, occurred_at, id) WHERE outcome <> 'success';

-- Records that are no links yet. They are written down here with the record and taken away with the link, since ids do
-- not become visible in their order.
CREATE TABLE tenon.audit_unlinked (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, record_id)
);
SELECT tenon.protect('tenon.audit_unlinked');
SELECT tenon.allow('service', 'INSERT', 'tenon.audit_unlinked');
SELECT tenon.allow('relay', 'SELECT, INSERT, DELETE', 'tenon.audit_unlinked');
INSERT INTO tenon.audit_unlinked (tenant_id, record_id) SELECT tenant_id, id FROM tenon.audit_records;

-- The chains and their signed heads: nobody changes or takes away what stands there.
CREATE TABLE tenon.audit_links (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    record_id uuid NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, sequence),
    CONSTRAINT audit_links_record_key UNIQUE (tenant_id, record_id)
);
SELECT tenon.protect('tenon.audit_links');
SELECT tenon.allow('service', 'SELECT', 'tenon.audit_links');
SELECT tenon.allow('relay', 'SELECT, INSERT', 'tenon.audit_links');

CREATE TABLE tenon.audit_heads (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    made_at timestamptz NOT NULL,
    signed text NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);
SELECT tenon.protect('tenon.audit_heads');
SELECT tenon.allow('service', 'SELECT', 'tenon.audit_heads');
SELECT tenon.allow('relay', 'SELECT, INSERT', 'tenon.audit_heads');

-- The public keys that signed heads stay when the keys go. The seal keeps foreign ones out.
CREATE TABLE tenon.audit_keys (
    key_id text PRIMARY KEY,
    public_key bytea NOT NULL,
    seal bytea NOT NULL
);
SELECT tenon.allow('service', 'SELECT', 'tenon.audit_keys');
SELECT tenon.allow('relay', 'SELECT, INSERT', 'tenon.audit_keys');

-- What becomes a link is read whole.
SELECT tenon.allow('relay', 'SELECT', 'tenon.audit_records');
