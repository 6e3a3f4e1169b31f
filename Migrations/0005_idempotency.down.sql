ALTER TABLE tenon.audit_records DROP COLUMN trace_id;
ALTER TABLE tenon.outbox DROP COLUMN trace_id;
DROP TABLE tenon.kept_replies;
