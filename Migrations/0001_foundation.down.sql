DROP SCHEMA directory CASCADE;
DROP TABLE tenon.signing_keys;
DROP TABLE tenon.data_keys;
DROP FUNCTION tenon.protect(regclass, text);
DROP FUNCTION tenon.crosses_tenants();
DROP FUNCTION tenon.current_tenant();
DROP FUNCTION tenon.allow(text, text, text);
DROP FUNCTION tenon.has_roles();
