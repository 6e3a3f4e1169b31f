import TenonApplication
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonPostgres

/// What waits for somebody else, and who does not wait with it.
@Suite struct TenantWaitingTests {
    @Test("reads do not wait behind a statement that is to be durable and cannot be yet")
    func durableWrites() async throws {
        try await TenantSandbox.use { sandbox in
            let script = try await PostgresScript.open(PostgresConfiguration(parameters: sandbox.parameters))
            try await script.run("BEGIN; LOCK TABLE directory.sign_in_attempts")
            let attempts = PostgresSignInAttempts(sandbox.database)
            let key = AttemptKey(digest: [1], policy: AttemptPolicy(free: 3, longest: .seconds(60)))
            let blocked = Task { try await attempts.begin([key], at: sandbox.clock.now()) }
            func waiting() async throws -> Int {
                let relation = "'directory.sign_in_attempts'::regclass"
                return try await sandbox.sql("SELECT FROM pg_locks WHERE NOT granted AND relation = \(relation)").count
            }
            try await until { try await waiting() == 1 }
            #expect(try await sandbox.directory.tenant(TenantSlug("acme")) == nil)
            #expect(try await waiting() == 1)
            try await script.run("COMMIT")
            #expect(try await blocked.value == nil)
        }
    }

    @Test("idle rows of the rate ledger go in batches, and one that somebody holds is passed over")
    func rateLedger() async throws {
        try await TenantSandbox.use { sandbox in
            try await sandbox.sql(
                """
                INSERT INTO tenon.rate_ledger SELECT 'user', gen_random_uuid(), 0 FROM generate_series(1, 2500);
                INSERT INTO tenon.rate_ledger VALUES
                    ('tenant', gen_random_uuid(), 0), ('user', gen_random_uuid(), 9223372036854775807)
                """)
            let script = try await PostgresScript.open(PostgresConfiguration(parameters: sandbox.parameters))
            try await script.run("BEGIN; SELECT FROM tenon.rate_ledger WHERE kind = 'tenant' FOR UPDATE")
            let ledger = PostgresRateLedger(sandbox.database)
            #expect(try await ledger.purge(at: sandbox.clock.now()) == 2500)
            try await script.run("COMMIT")
            #expect(try await ledger.purge(at: sandbox.clock.now()) == 1)
            #expect(try await sandbox.sql("SELECT count(*) FROM tenon.rate_ledger") == [["1"]])
        }
    }

    @Test("whoever works on a database that a restore holds is refused, and works on it when it is free")
    func restored() async throws {
        try await TenantSandbox.use { sandbox in
            let name = TenantDatabase.name(of: sandbox.ids.next())
            let script = try await PostgresScript.open(PostgresConfiguration(parameters: sandbox.parameters))
            try await script.run("SELECT pg_advisory_lock(hashtextextended('\(name)', 0))")
            let cluster = PostgresTenantCluster(sandbox.database)
            let refused = await failure { () throws(Failure) in try await cluster.create(name) }
            #expect(refused?.code == .tenantDatabaseUnavailable)
            #expect(refused?.detail.contains(name) == true)
            try await script.run("SELECT pg_advisory_unlock_all()")
            try await cluster.create(name)
            #expect(try await cluster.migrate(name) == Migrator.newestVersion)
        }
    }

    @Test("while a database is silent, a resting one is not searched every second for a namespace that is nowhere")
    func strangers() async throws {
        try await TenantSandbox.use { sandbox in
            let (silent, resting) = (try await sandbox.routed(), try await sandbox.routed())
            try await sandbox.sql("ALTER DATABASE \(TenantDatabase.name(of: silent)) ALLOW_CONNECTIONS false")
            let locations = NamespaceLocations(sandbox.database.router)
            let stranger: NamespaceID = sandbox.ids.next()
            func visits() async throws -> Int {
                let name = TenantDatabase.name(of: resting)
                let rows = try await sandbox.sql("SELECT sessions FROM pg_stat_database WHERE datname = '\(name)'")
                return Int(rows.first?[0] ?? "") ?? 0
            }
            let before = try await visits()
            for _ in 0..<8 { #expect(try await locations.revisions(of: [stranger]).isEmpty) }
            // One that is asked for anew is searched for at once.
            #expect(try await locations.revisions(of: [stranger, sandbox.ids.next()]).isEmpty)
            try await until { try await visits() >= before + 2 }
            #expect(try await visits() == before + 2)
            #expect(try await locations.revisions(of: [stranger]).isEmpty)
            try await until { try await visits() == before + 3 }
        }
    }
}
