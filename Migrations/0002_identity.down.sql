DROP FUNCTION directory.tenant_of_session(bytea);
DROP FUNCTION directory.accounts_by_username(bytea, bigint);
DROP FUNCTION directory.accounts_by_email(bytea, bigint);
DROP FUNCTION directory.tenant_by_slug(bytea);
DROP TABLE tenon.sessions;
DROP TABLE tenon.users;
DROP TABLE tenon.tenants;
