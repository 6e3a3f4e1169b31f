-- Answers to requests that carried an idempotency key, sealed, and the traces that events and audit records belong to.

CREATE TABLE tenon.kept_replies (
    tenant_id uuid NOT NULL,
    claim bytea NOT NULL,
    id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    sealed_reply bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, claim)
);
CREATE INDEX kept_replies_expiry ON tenon.kept_replies (expires_at);
SELECT tenon.protect('tenon.kept_replies');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE', 'tenon.kept_replies');
SELECT tenon.allow('relay', 'SELECT (expires_at), DELETE', 'tenon.kept_replies');

ALTER TABLE tenon.outbox ADD COLUMN trace_id text;
ALTER TABLE tenon.audit_records ADD COLUMN trace_id text;
