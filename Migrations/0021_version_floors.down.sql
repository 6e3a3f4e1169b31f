DROP FUNCTION tenon.begin_write(uuid);
ALTER TABLE tenon.namespaces DROP COLUMN restored_revision;
DROP TABLE tenon.version_floors;
