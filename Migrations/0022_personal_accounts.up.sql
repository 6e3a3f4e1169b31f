-- An account that was registered without naming a tenant is found by its e-mail address or username alone, so that there
-- is one of each. Accounts from before this migration are left as they are: several of them may share a name.
-- The indexes are over all tenants: a unique index sees every row, whatever row-level security shows.

ALTER TABLE tenon.users ADD COLUMN is_personal boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX users_personal_email ON tenon.users (email_digest) WHERE is_personal;
CREATE UNIQUE INDEX users_personal_username ON tenon.users (username_digest) WHERE is_personal;
