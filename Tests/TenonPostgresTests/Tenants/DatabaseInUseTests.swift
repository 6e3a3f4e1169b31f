import TenonApplication
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

/// Restores and removals of a tenant's own database, by a login that is no superuser, while others are connected to it.
@Suite struct DatabaseInUseTests {
    private func use(
        settings: [String: String] = [:], _ body: (PostgresServer, RestoredTenant) async throws -> Void
    ) async throws {
        let server = try await PostgresServer.start(settings: settings)
        let own = PostgresConfiguration(parameters: server.parameters)
        _ = try await Migrator(own).up()
        try await PostgresScript.open(own).run(
            "CREATE ROLE plain LOGIN CREATEDB; GRANT tenon_owner, tenon_service, tenon_relay TO plain")
        try await RestoredTenant.use(.database, on: server, login: "plain") { tenant in
            try await tenant.set("kept", 1)
            try await tenant.backUp()
            try await body(server, tenant)
        }
    }

    private func databases(_ tenant: RestoredTenant) async throws -> [[String?]] {
        let name = TenantDatabase.name(of: tenant.id)
        return try await tenant.sandbox.sql("SELECT datname FROM pg_database WHERE datname LIKE '\(name)%'")
    }

    @Test("a superuser's session is named, nothing is changed or left over, and it succeeds when that has ended")
    func superuser() async throws {
        try await use { server, tenant in
            let name = TenantDatabase.name(of: tenant.id)
            let configuration = PostgresConfiguration(parameters: server.parameters).database(name)
            var session: PostgresScript? = try await PostgresScript.open(configuration)
            let process = try await session?.run("SELECT pg_backend_pid()").first?[0] ?? ""
            let refused = await tenant.restoreFailure()
            #expect(refused?.code == .databaseInUse)
            #expect(refused?.detail.contains("process \(process) of the login postgres") == true)
            #expect(try await databases(tenant) == [[name]])
            try await until { (try? await tenant.set("kept", 2)) != nil }

            try await tenant.sandbox.condemn(tenant.id)
            let failed = try await tenant.sandbox.reconcile().execute()
            #expect(failed?.state == .dropping)
            #expect(failed?.lastError?.contains("process \(process) of the login postgres") == true)
            session = nil
            try await until { try await tenant.sandbox.reconcile().execute()?.state == .dropped }
            #expect(try await databases(tenant).isEmpty)
        }
    }

    @Test("clients of other logins are ended, and workers that vacuum are waited for")
    func clientsAndWorkers() async throws {
        try await use(settings: ["autovacuum_naptime": "1s"]) { _, tenant in
            let name = TenantDatabase.name(of: tenant.id)
            // A vacuum that never ends, of this table alone: the workers must not be busy with others.
            func vacuum() async throws {
                try await tenant.sandbox.sql(
                    """
                    CREATE TABLE public.large AS SELECT n, repeat('x', 200) t FROM generate_series(1, 100000) n;
                    ALTER TABLE public.large SET (
                        autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,
                        autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
                    DELETE FROM public.large WHERE n % 2 = 0;
                    """, in: tenant.id)
                try await until("a worker", within: .seconds(120)) {
                    try await !tenant.sandbox.sql(
                        """
                        SELECT FROM pg_stat_activity WHERE datname = '\(name)' AND backend_type = 'autovacuum worker'
                            AND query LIKE '%large%'
                        """
                    ).isEmpty
                }
            }
            try await vacuum()
            try await tenant.restore()
            #expect(try await databases(tenant) == [[name]])
            try await vacuum()
            try await tenant.sandbox.condemn(tenant.id)
            #expect(try await tenant.sandbox.reconcile().execute()?.state == .dropped)
            #expect(try await databases(tenant).isEmpty)
        }
    }
}
