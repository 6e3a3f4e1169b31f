/// What comes before the first migration: the roles, where the login may make them, the schema and its table of
/// migrations. Can run again at any time.
enum Bootstrap {
    /// Whether migrations run as `tenon_owner`: where it owns the schema.
    static let whereOwnedByRole = """
        WHERE (SELECT nspowner = to_regrole('tenon_owner') FROM pg_namespace WHERE nspname = 'tenon')
        """

    /// For a session that works on the rows of all tenants, outside of requests.
    static let asOwner = """
        SELECT set_config('role', 'tenon_owner', false) \(whereOwnedByRole);
        SELECT set_config('tenon.across_tenants', 'on', false);
        """

    static let sql = """
        DO $bootstrap$
        DECLARE
            has_schema boolean := to_regnamespace('tenon') IS NOT NULL;
            name text;
        BEGIN
            IF has_schema THEN RETURN; END IF;
            IF (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
                FOREACH name IN ARRAY ARRAY['tenon_owner', 'tenon_service', 'tenon_relay'] LOOP
                    IF to_regrole(name) IS NULL THEN
                        BEGIN
                            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', name);
                        EXCEPTION WHEN duplicate_object OR unique_violation THEN
                            -- Another database of the same server made it meanwhile.
                        END;
                    END IF;
                    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
                        AND NOT pg_has_role(name, 'MEMBER') THEN
                        EXECUTE format('GRANT %I TO CURRENT_USER', name);
                    END IF;
                END LOOP;
            END IF;
            IF to_regrole('tenon_owner') IS NOT NULL AND to_regrole('tenon_service') IS NOT NULL
                AND to_regrole('tenon_relay') IS NOT NULL AND pg_has_role('tenon_owner', 'MEMBER')
                AND pg_has_role('tenon_service', 'MEMBER') AND pg_has_role('tenon_relay', 'MEMBER') THEN
                EXECUTE format('GRANT CREATE ON DATABASE %I TO tenon_owner', current_database());
                CREATE SCHEMA tenon AUTHORIZATION tenon_owner;
                SET LOCAL ROLE tenon_owner;
            ELSIF (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) THEN
                RAISE EXCEPTION 'this login passes row-level security and cannot make the roles that do not';
            ELSE
                CREATE SCHEMA tenon;
            END IF;
            CREATE TABLE tenon.schema_migrations (
                number bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
                applied_at timestamptz NOT NULL);
        END
        $bootstrap$
        """
}
