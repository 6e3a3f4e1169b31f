-- What tenants make of who may do what: roles, and policies in Casbin's language.

CREATE TABLE tenon.roles (
    tenant_id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    description text,
    permissions text[] NOT NULL,
    inherits text[] NOT NULL,
    version bigint NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
SELECT tenon.protect('tenon.roles');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE, DELETE', 'tenon.roles');

CREATE TABLE tenon.policies (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    description text,
    rules text NOT NULL,
    model text,
    status text NOT NULL CHECK (status IN ('active', 'disabled')),
    version bigint NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT policies_name_key UNIQUE (tenant_id, name)
);
SELECT tenon.protect('tenon.policies');
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE, DELETE', 'tenon.policies');
