DROP FUNCTION directory.tenant_of_sso_connection(bytea);
DROP TABLE tenon.sso_spent_states;
DROP TABLE tenon.user_identities;
DROP TABLE tenon.sso_connections;
