-- Namespaces, entries, and the versions of their values. A value stands sealed in the row of its version.

CREATE TABLE tenon.namespaces (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    description text,
    version bigint NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT namespaces_name_key UNIQUE (tenant_id, name)
);
SELECT tenon.protect('tenon.namespaces');
SELECT tenon.allow('service', 'SELECT, INSERT', 'tenon.namespaces');

CREATE TABLE tenon.configs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    namespace_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    description text,
    is_secret boolean NOT NULL,
    value_type text NOT NULL,
    validation_schema text,
    version bigint NOT NULL,
    version_id uuid NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT configs_key_key UNIQUE (tenant_id, namespace_id, key),
    CONSTRAINT configs_namespace_fkey
        FOREIGN KEY (tenant_id, namespace_id) REFERENCES tenon.namespaces (tenant_id, id)
);
SELECT tenon.protect('tenon.configs');
SELECT tenon.allow('service', 'SELECT, INSERT', 'tenon.configs');

CREATE TABLE tenon.config_versions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    config_id uuid NOT NULL,
    version bigint NOT NULL,
    value_type text NOT NULL,
    validation_schema text,
    sealed_value bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, config_id, version),
    FOREIGN KEY (tenant_id, config_id) REFERENCES tenon.configs (tenant_id, id)
);
SELECT tenon.protect('tenon.config_versions');
SELECT tenon.allow('service', 'SELECT, INSERT', 'tenon.config_versions');
