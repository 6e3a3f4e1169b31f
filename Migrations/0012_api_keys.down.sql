DROP FUNCTION directory.tenant_of_api_key(bytea);
DROP FUNCTION directory.api_key(bytea);
DROP TABLE tenon.seen_signatures;
DROP TABLE tenon.api_key_credentials;
DROP TABLE tenon.api_keys;
