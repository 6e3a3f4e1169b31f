DROP FUNCTION directory.sign_in_succeeded(bytea, boolean);
DROP FUNCTION directory.begin_sign_in(bytea[], bigint[], bigint[], bigint, timestamptz);
DROP TABLE directory.sign_in_attempts;
DROP TABLE tenon.password_resets;
