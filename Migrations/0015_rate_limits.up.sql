-- What all processes together let pass: of each tenant, user and API key the theoretical arrival time of its next request,
-- in nanoseconds of this server's clock. Nobody misses the rows after a crash, so they are not logged.

CREATE FUNCTION tenon.nanoseconds() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT (extract(epoch FROM statement_timestamp()) * 1000000000)::bigint $$;

CREATE UNLOGGED TABLE tenon.rate_ledger (
    kind text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    arrival bigint NOT NULL,
    PRIMARY KEY (kind, id)
) WITH (fillfactor = 50);
SELECT tenon.allow('service', 'SELECT, INSERT, UPDATE, DELETE', 'tenon.rate_ledger');
