SELECT set_config('tenon.across_tenants', 'on', true);

DROP TABLE tenon.config_references;

-- Only the newest versions of entries that are there had a place before.
DELETE FROM tenon.config_versions v
WHERE NOT EXISTS (
    SELECT FROM tenon.configs c WHERE c.tenant_id = v.tenant_id AND c.version_id = v.id AND NOT c.is_deleted);
DELETE FROM tenon.configs WHERE is_deleted;

ALTER TABLE tenon.configs
    ADD COLUMN description text,
    ADD COLUMN is_secret boolean,
    ADD COLUMN value_type text,
    ADD COLUMN validation_schema text,
    ADD COLUMN updated_by text,
    ADD COLUMN updated_at timestamptz;
UPDATE tenon.configs c
SET description = v.description, is_secret = v.is_secret, value_type = v.value_type,
    validation_schema = v.validation_schema, updated_by = v.created_by, updated_at = v.created_at
FROM tenon.config_versions v WHERE v.tenant_id = c.tenant_id AND v.id = c.version_id;
ALTER TABLE tenon.configs
    DROP COLUMN is_deleted,
    ALTER COLUMN is_secret SET NOT NULL,
    ALTER COLUMN value_type SET NOT NULL,
    ALTER COLUMN updated_by SET NOT NULL,
    ALTER COLUMN updated_at SET NOT NULL;

ALTER TABLE tenon.config_versions ADD COLUMN config_id uuid;
UPDATE tenon.config_versions v SET config_id = c.id
FROM tenon.configs c WHERE c.tenant_id = v.tenant_id AND c.version_id = v.id;
ALTER TABLE tenon.config_versions
    DROP COLUMN namespace_id,
    DROP COLUMN key,
    DROP COLUMN change,
    DROP COLUMN revision,
    DROP COLUMN ordinal,
    DROP COLUMN description,
    DROP COLUMN is_secret,
    DROP COLUMN tags,
    DROP COLUMN comment,
    ALTER COLUMN sealed_value SET NOT NULL,
    ALTER COLUMN config_id SET NOT NULL,
    ADD UNIQUE (tenant_id, config_id, version),
    ADD FOREIGN KEY (tenant_id, config_id) REFERENCES tenon.configs (tenant_id, id);

DROP INDEX tenon.namespaces_id;
ALTER TABLE tenon.namespaces DROP COLUMN require_if_match;
ALTER TABLE tenon.namespaces RENAME COLUMN revision TO version;
DO $$
BEGIN
    IF tenon.has_roles() THEN
        REVOKE UPDATE, DELETE ON tenon.namespaces, tenon.configs FROM tenon_service;
        REVOKE DELETE ON tenon.config_versions FROM tenon_service;
        REVOKE ALL ON tenon.namespaces FROM tenon_relay;
    END IF;
END
$$;
