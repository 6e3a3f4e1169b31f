DROP TABLE tenon.audit_records;
DROP TABLE tenon.outbox;
