-- What happened: rows on their way out, and the audit log. Both are written in the transaction of the change.

CREATE TABLE tenon.outbox (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    resource_kind text NOT NULL,
    resource_id text NOT NULL,
    details text NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    delivered_at timestamptz
);
CREATE INDEX outbox_waiting ON tenon.outbox (id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_delivered ON tenon.outbox (delivered_at) WHERE delivered_at IS NOT NULL;
SELECT tenon.protect('tenon.outbox');
SELECT tenon.allow('service', 'INSERT', 'tenon.outbox');
SELECT tenon.allow('relay', 'SELECT, DELETE, UPDATE (delivered_at)', 'tenon.outbox');

CREATE TABLE tenon.audit_records (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    resource_kind text NOT NULL,
    resource_id text NOT NULL,
    outcome text NOT NULL,
    details text NOT NULL,
    address text,
    user_agent text,
    request_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
SELECT tenon.protect('tenon.audit_records');
-- Append-only: no UPDATE, no DELETE, no TRUNCATE.
SELECT tenon.allow('service', 'SELECT, INSERT', 'tenon.audit_records');
