-- Versions say everything of an entry, in the order of their namespace's revisions; what refers to what.
-- Without roles the policies hold the migrating login too.
SELECT set_config('tenon.across_tenants', 'on', true);

ALTER TABLE tenon.namespaces RENAME COLUMN version TO revision;
ALTER TABLE tenon.namespaces ADD COLUMN require_if_match boolean NOT NULL DEFAULT false;
SELECT tenon.allow('service', 'UPDATE (description, require_if_match, revision, updated_at), DELETE', 'tenon.namespaces');
-- The revision says whether something in memory is still good; it tells nothing else.
SELECT tenon.allow('relay', 'SELECT (id, revision)', 'tenon.namespaces');
CREATE INDEX namespaces_id ON tenon.namespaces (id) INCLUDE (revision);

ALTER TABLE tenon.config_versions
    ADD COLUMN namespace_id uuid,
    ADD COLUMN key text COLLATE "C",
    ADD COLUMN change text NOT NULL DEFAULT 'created',
    ADD COLUMN revision bigint,
    ADD COLUMN ordinal bigint NOT NULL DEFAULT 0,
    ADD COLUMN description text,
    ADD COLUMN is_secret boolean,
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN comment text,
    ALTER COLUMN sealed_value DROP NOT NULL;

UPDATE tenon.config_versions v
SET namespace_id = c.namespace_id, key = c.key, description = c.description, is_secret = c.is_secret
FROM tenon.configs c WHERE c.tenant_id = v.tenant_id AND c.id = v.config_id;

UPDATE tenon.config_versions v SET revision = counted.revision
FROM (
    SELECT w.tenant_id, w.id,
        n.revision + row_number() OVER (PARTITION BY w.tenant_id, w.namespace_id ORDER BY w.created_at, w.id) AS revision
    FROM tenon.config_versions w JOIN tenon.namespaces n ON n.tenant_id = w.tenant_id AND n.id = w.namespace_id) counted
WHERE counted.tenant_id = v.tenant_id AND counted.id = v.id;

UPDATE tenon.namespaces n SET revision = newest.revision, updated_at = greatest(n.updated_at, newest.created_at)
FROM (
    SELECT tenant_id, namespace_id, max(revision) AS revision, max(created_at) AS created_at
    FROM tenon.config_versions GROUP BY tenant_id, namespace_id) newest
WHERE newest.tenant_id = n.tenant_id AND newest.namespace_id = n.id;

ALTER TABLE tenon.configs
    DROP COLUMN description,
    DROP COLUMN is_secret,
    DROP COLUMN value_type,
    DROP COLUMN validation_schema,
    DROP COLUMN updated_by,
    DROP COLUMN updated_at,
    ADD COLUMN is_deleted boolean NOT NULL DEFAULT false;
SELECT tenon.allow('service', 'UPDATE (version, version_id, is_deleted), DELETE', 'tenon.configs');

-- A version belongs to a key of a namespace, which is what histories and listings of the past are read by. No foreign key:
-- both rows are written by one command, and a check for each row took seconds per 10,000 to delete a namespace where the tables had
-- no statistics yet.
ALTER TABLE tenon.config_versions
    DROP COLUMN config_id,
    ALTER COLUMN namespace_id SET NOT NULL,
    ALTER COLUMN key SET NOT NULL,
    ALTER COLUMN change DROP DEFAULT,
    ALTER COLUMN revision SET NOT NULL,
    ALTER COLUMN ordinal DROP DEFAULT,
    ALTER COLUMN is_secret SET NOT NULL,
    ADD CONSTRAINT config_versions_number_key UNIQUE (tenant_id, namespace_id, key, version),
    ADD CONSTRAINT config_versions_position_key UNIQUE (tenant_id, namespace_id, revision, ordinal);
SELECT tenon.allow('service', 'DELETE', 'tenon.config_versions');

-- By names, since names are what references are written in: a namespace that comes back under its name is meant again.
CREATE TABLE tenon.config_references (
    tenant_id uuid NOT NULL,
    namespace text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    target_namespace text COLLATE "C" NOT NULL,
    target_key text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, namespace, key, target_namespace, target_key)
);
SELECT tenon.protect('tenon.config_references');
SELECT tenon.allow('service', 'SELECT, INSERT, DELETE', 'tenon.config_references');
