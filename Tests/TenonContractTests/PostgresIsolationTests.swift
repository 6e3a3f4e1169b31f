import TenonDomain
import TenonPostgres
import TestSupport
import Testing

/// The second wall, asked by raw SQL: what the service's role could do if a statement forgot the tenant.
@Suite struct PostgresIsolationTests {
    private static let tables = [
        "tenants", "tenant_databases", "directory_entries", "data_keys", "access_changes", "users", "sessions",
        "password_resets", "api_keys", "api_key_credentials", "seen_signatures", "sso_connections", "user_identities",
        "sso_spent_states", "roles", "policies", "namespaces", "configs", "config_versions", "config_references",
        "kept_replies", "outbox", "audit_records", "audit_unlinked", "audit_links", "audit_heads",
        "version_floors",
    ]

    /// A database with a namespace, an outbox row and an audit record of tenant A.
    private func seeded() async throws -> [(String, String)] {
        let database = try await TestCluster.migratedDatabase()
        try await TestCluster.script(
            database,
            """
            INSERT INTO tenon.namespaces VALUES
                ('00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-0000000000aa', 'production', NULL, 1,
                 'x', now(), now());
            INSERT INTO tenon.audit_records VALUES
                ('00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-0000000000ab', 'x', 'x', 'x', 'x',
                 'success', '{}', NULL, NULL, 'x', now());
            """)
        return database
    }

    private func asService(_ database: [(String, String)], _ sql: String, tenant: String? = nil) async throws
        -> [[String?]]
    {
        let scope = tenant.map { "SELECT set_config('tenon.tenant_id', '\($0)', true);" } ?? ""
        return try await TestCluster.script(database, "BEGIN; SET LOCAL ROLE tenon_service; \(scope) \(sql)")
    }

    private static let tenantA = "00000000-0000-7000-8000-00000000000a"
    private static let tenantB = "00000000-0000-7000-8000-00000000000b"

    @Test("every table that has a tenant has forced row-level security and a restrictive policy")
    func policies() async throws {
        let database = try await seeded()
        for table in Self.tables {
            let rows = try await TestCluster.script(
                database,
                """
                SELECT relrowsecurity AND relforcerowsecurity AND EXISTS (
                    SELECT FROM pg_policy WHERE polrelid = c.oid AND NOT polpermissive)
                FROM pg_class c WHERE c.oid = 'tenon.\(table)'::regclass
                """)
            #expect(rows == [["t"]], "\(table)")
        }
        let unlisted = try await TestCluster.script(
            database,
            """
            SELECT table_name FROM information_schema.columns
            WHERE table_schema = 'tenon' AND column_name = 'tenant_id' ORDER BY 1
            """)
        #expect(Set(unlisted.compactMap { $0[0] }).isSubset(of: Set(Self.tables)))
    }

    @Test("the roles pass no policy and own nothing they should not")
    func roles() async throws {
        let database = try await seeded()
        let rows = try await TestCluster.script(
            database,
            """
            SELECT count(*) FROM pg_roles WHERE rolname IN ('tenon_owner', 'tenon_service', 'tenon_relay')
                AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcanlogin
            """)
        #expect(rows == [["3"]])
        let owned = try await TestCluster.script(
            database,
            "SELECT count(*) FROM pg_class WHERE relowner IN ('tenon_service'::regrole, 'tenon_relay'::regrole)")
        #expect(owned == [["0"]])
    }

    @Test("without a tenant, and with another one, no row is seen")
    func reads() async throws {
        let database = try await seeded()
        #expect(try await asService(database, "SELECT count(*) FROM tenon.namespaces") == [["0"]])
        #expect(
            try await asService(database, "SELECT count(*) FROM tenon.namespaces", tenant: Self.tenantB) == [["0"]])
        #expect(
            try await asService(database, "SELECT count(*) FROM tenon.namespaces", tenant: Self.tenantA) == [["1"]])
    }

    @Test("what the service may not do is refused")
    func refusals() async throws {
        let database = try await seeded()
        for statement in [
            "INSERT INTO tenon.namespaces VALUES ('00000000-0000-7000-8000-00000000000a', gen_random_uuid(), 'x', NULL, "
                + "1, 'x', now(), now())",
            "INSERT INTO tenon.configs VALUES ('00000000-0000-7000-8000-00000000000b', gen_random_uuid(), "
                + "'00000000-0000-7000-8000-0000000000aa', 'k', 1, gen_random_uuid(), 'x', now(), false)",
            "UPDATE tenon.audit_records SET actor = 'y'", "DELETE FROM tenon.audit_records",
            "TRUNCATE tenon.audit_records", "UPDATE tenon.audit_links SET hash = ''",
            "DELETE FROM tenon.audit_links", "DELETE FROM tenon.audit_heads", "DELETE FROM tenon.audit_keys",
            "DELETE FROM tenon.audit_unlinked", "SELECT * FROM tenon.audit_unlinked",
            "INSERT INTO tenon.audit_links VALUES (gen_random_uuid(), 1, gen_random_uuid(), '')",
            "INSERT INTO tenon.audit_keys VALUES ('k', '', '')", "SELECT * FROM tenon.outbox",
            "TRUNCATE tenon.namespaces",
            "UPDATE tenon.namespaces SET name = 'y'", "UPDATE tenon.configs SET key = 'y'",
            "UPDATE tenon.config_versions SET sealed_value = NULL", "TRUNCATE tenon.config_versions",
            "UPDATE tenon.config_versions SET sealed_value = ''", "UPDATE tenon.data_keys SET wrapped = ''",
            "DELETE FROM tenon.data_keys", "UPDATE tenon.signing_keys SET state = 'retiring'",
            "DELETE FROM tenon.signing_keys",
            "UPDATE tenon.api_key_credentials SET digest = ''", "DELETE FROM tenon.seen_signatures",
            "UPDATE tenon.seen_signatures SET expires_at = now()",
            "UPDATE tenon.password_resets SET expires_at = now()", "TRUNCATE tenon.api_keys",
            "SELECT * FROM directory.tenants('', '', NULL, NULL, NULL, 9, 0)", "DELETE FROM tenon.tenants",
            "SELECT tenon.erase_tenant('00000000-0000-7000-8000-00000000000b', 9)",
            "SELECT * FROM pg_authid", "ALTER TABLE tenon.namespaces DISABLE ROW LEVEL SECURITY",
        ] {
            await #expect(throws: PostgresError.self, "\(statement)") {
                _ = try await asService(database, statement, tenant: Self.tenantB)
            }
        }
    }

    @Test("the relay's role re-seals values and reads nothing else of them")
    func relay() async throws {
        let database = try await seeded()
        for (statement, isAllowed) in [
            ("SELECT tenant_id, id, sealed_value FROM tenon.config_versions", true),
            ("SELECT value_type FROM tenon.config_versions", false),
            ("UPDATE tenon.config_versions SET version = 9", false), ("DELETE FROM tenon.config_versions", false),
            ("INSERT INTO tenon.config_versions (tenant_id) VALUES (gen_random_uuid())", false),
            ("SELECT * FROM tenon.users", false),
            ("SELECT * FROM directory.tenants('', '', NULL, NULL, NULL, 9, 0)", true),
            ("SELECT tenon.erase_tenant('00000000-0000-7000-8000-00000000000b', 9)", true),
            ("SELECT * FROM tenon.tenants", false), ("DELETE FROM tenon.tenants", false),
            ("SELECT * FROM tenon.users", false),
            // It extends the chains of the audit log, and changes nothing that stands there.
            ("SELECT * FROM tenon.audit_records", true), ("UPDATE tenon.audit_records SET actor = 'y'", false),
            ("DELETE FROM tenon.audit_records", false), ("TRUNCATE tenon.audit_records", false),
            ("UPDATE tenon.audit_links SET hash = ''", false), ("DELETE FROM tenon.audit_links", false),
            ("UPDATE tenon.audit_heads SET hash = ''", false), ("DELETE FROM tenon.audit_heads", false),
            ("UPDATE tenon.audit_keys SET seal = ''", false), ("DELETE FROM tenon.audit_keys", false),
        ] as [(String, Bool)] {
            let run = { try await TestCluster.script(database, "BEGIN; SET LOCAL ROLE tenon_relay; \(statement)") }
            if isAllowed {
                _ = try await run()
            } else {
                await #expect(throws: PostgresError.self, "\(statement)") { _ = try await run() }
            }
        }
    }

    @Test("a login that cannot make roles is held to the policies as the owner")
    func withoutRoles() async throws {
        let database = try await TestCluster.freshDatabase()
        let name = database.first { $0.0 == "dbname" }!.1
        try await TestCluster.script(
            database,
            """
            CREATE ROLE plain_\(name) NOLOGIN NOSUPERUSER NOCREATEROLE;
            GRANT ALL ON DATABASE \(name) TO plain_\(name);
            """)
        let parameters = database + [("options", "-c role=plain_\(name)")]
        let configuration = PostgresConfiguration(parameters: parameters)
        _ = try await Migrator(configuration).up()
        try await TestCluster.script(
            parameters,
            """
            BEGIN; SELECT set_config('tenon.tenant_id', '\(Self.tenantA)', true);
            INSERT INTO tenon.namespaces VALUES ('\(Self.tenantA)', gen_random_uuid(), 'x', NULL, 1, 'x', now(), now());
            COMMIT;
            """)
        let count = "SELECT count(*) FROM tenon.namespaces"
        #expect(try await TestCluster.script(parameters, count) == [["0"]])
        let scoped = "BEGIN; SELECT set_config('tenon.tenant_id', '\(Self.tenantB)', true); \(count)"
        #expect(try await TestCluster.script(parameters, scoped) == [["0"]])
        #expect(
            try await TestCluster.script(parameters, "SELECT count(*) FROM directory.tenant_by_slug('x')") == [["0"]])
        #expect(try await TestCluster.script(parameters, count) == [["0"]])

        // The commands on keys work all the same.
        let opened = try await PostgresDatabase.open(configuration)
        defer { opened.close() }
        let keys = PostgresKeys(opened)
        for tenant in [TenantID(high: 0x7000, low: 1), TenantID(high: 0x7000, low: 2)] {
            try await keys.addIfAbsent(
                WrappedDataKey(
                    tenant: tenant, purpose: .values, version: 1, kekVersion: 1, wrapped: SealedBytes([1]),
                    createdAt: ManualClock().now()))
        }
        let rotation = PostgresDataKeyRotation(opened, clock: ManualClock(), identifiers: .forTests())
        #expect(try await rotation.countPerKEK() == [1: 2])

        // So do the platform's jobs on tenants.
        for (id, slug, isErasing) in [(Self.tenantA, "acme", true), (Self.tenantB, "beta", false)] {
            try await TestCluster.script(
                parameters,
                """
                BEGIN; SELECT set_config('tenon.tenant_id', '\(id)', true);
                INSERT INTO tenon.tenants (id, slug, slug_digest, name, plan, isolation, status, deletes_at, is_erasing,
                    version, created_at, updated_at)
                VALUES ('\(id)', '\(slug)', '', 'x', 'free', 'shared', 'deleting', now(), \(isErasing), 1, now(), now());
                COMMIT;
                """)
        }
        let all = try await PostgresTenantCatalog(opened).tenants(TenantFilter(), PageRequest()).items
        #expect(all.map(\.slug.text) == ["acme", "beta"])
        let erasure = PostgresTenantErasure(opened, clock: ManualClock(), identifiers: .forTests())
        for (tenant, outcome) in [
            (all[0], ErasureProgress.going), (all[0], .gone), (all[1], .waiting),
        ] {
            let caller = Caller(.system(job: "test", tenant: .platform), from: .test)
            let progress = try await erasure.erase(tenant.id, limit: 9, as: caller, recording: tenant.erased())
            #expect(progress == outcome)
        }
        #expect(try await rotation.keys(underKEKOlderThan: 2, limit: 9).count == 2)
    }
}
