import TenonApplication
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonPostgres

@Suite struct TenantProvisioningTests {
    @Test("a tenant whose database is made works in it, and nobody but the service may connect to it")
    func provision() async throws {
        try await TenantSandbox.use { sandbox in
            let tenant = try await sandbox.request()
            let early = await failure { () throws(Failure) in try await sandbox.write(tenant, "early") }
            #expect(early?.code == .tenantDatabaseUnavailable)
            #expect(early?.detail.contains("requested") == true)
            #expect(try await sandbox.reconcile().execute()?.state == .ready)
            try await until { (try? await sandbox.write(tenant, "production")) != nil }
            #expect(try await sandbox.sql("SELECT count(*) FROM tenon.namespaces", in: tenant) == [["1"]])
            let privileges = try await sandbox.sql(
                """
                SELECT has_database_privilege('tenon_service', datname, 'CONNECT'), count(*) FILTER (WHERE a.grantee = 0)
                FROM pg_database, aclexplode(datacl) a WHERE datname = '\(TenantDatabase.name(of: tenant))' GROUP BY 1
                """)
            #expect(privileges == [["t", "0"]])
            let kept = try await sandbox.registry.reads(in: tenant).tenants.tenant(tenant)
            #expect(kept?.status == .active)
        }
    }

    /// What a process that died can have left on the server.
    enum Remains: CaseIterable {
        case nothing, emptyDatabase, halfMigrated, everything
    }

    @Test("whatever a process left that died, the next one finishes it", arguments: Remains.allCases)
    func leftBehind(remains: Remains) async throws {
        try await TenantSandbox.use { sandbox in
            let tenant = try await sandbox.request()
            let name = TenantDatabase.name(of: tenant)
            if remains != .nothing { try await sandbox.sql("CREATE DATABASE \(name)") }
            let own = sandbox.database.configuration.database(name)
            switch remains {
            case .nothing, .emptyDatabase: break
            case .halfMigrated: _ = try await Migrator(own, Array(MigrationText.embedded.prefix(3))).up()
            case .everything: _ = try await Migrator(own).up()
            }
            #expect(try await sandbox.reconcile().execute()?.state == .ready)
            #expect(try await Migrator(own).status().allSatisfy(\.isApplied))
            try await until { (try? await sandbox.write(tenant, "production")) != nil }
        }
    }

    @Test("a process that is cancelled anywhere in the work leaves nothing that the next one cannot go on from")
    func cancelled() async throws {
        try await TenantSandbox.use { sandbox in
            let clock = ManualClock(sandbox.clock.now())
            var random = SplitMix64(seed: 11)
            for _ in 0..<6 {
                let tenant = try await sandbox.request()
                clock.advance(by: .seconds(1000))
                let worker = Task { [clock] in try await sandbox.reconcile(clock: clock).execute() }
                try await Task.sleep(for: .milliseconds(Int(random.next() % 200)))
                worker.cancel()
                _ = try? await worker.value
                clock.advance(by: .seconds(1000))
                while try await sandbox.state(tenant) != .ready {
                    _ = try await sandbox.reconcile(clock: clock).execute()
                    clock.advance(by: .seconds(1000))
                }
                try await until { (try? await sandbox.write(tenant, "production")) != nil }
                #expect(try await sandbox.names(tenant) == ["production"])
            }
        }
    }

    @Test("two processes that make one database at the same moment both succeed")
    func twice() async throws {
        try await TenantSandbox.use { sandbox in
            let tenant = try await sandbox.request()
            let name = TenantDatabase.name(of: tenant)
            let failures: [Failure] = await withTaskGroup(of: Failure?.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        await failure { () throws(Failure) in
                            let cluster = PostgresTenantCluster(sandbox.database)
                            try await cluster.create(name)
                            return try await cluster.migrate(name)
                        }
                    }
                }
                return await group.reduce(into: []) { failures, next in if let next { failures.append(next) } }
            }
            #expect(failures.map(\.detail) == [])
            #expect(try await sandbox.exists(tenant))
        }
    }

    @Test("a condemned database goes although connections to it are open, and its entries in the directory with it")
    func drop() async throws {
        try await TenantSandbox.use { sandbox in
            let (tenant, other) = (try await sandbox.routed(), try await sandbox.routed())
            for tenant in [tenant, other] {
                let user = User.register(
                    id: sandbox.ids.next(), tenant: tenant, email: try EmailAddress("ann@example.com"), username: nil,
                    name: PersonName(), passwordHash: nil, roles: [.owner], at: sandbox.clock.now()
                ).0
                try await sandbox.transactions.write(for: sandbox.caller(tenant)) { work throws(Failure) in
                    try await work.users.add(user)
                }
            }
            try await sandbox.condemn(tenant)
            try await until { try await sandbox.reconcile().execute()?.state == .dropped }
            #expect(try await !sandbox.exists(tenant))
            let refused = await failure { () throws(Failure) in try await sandbox.write(tenant, "late") }
            #expect(refused?.code.kind == .unavailable)
            let found = try await sandbox.directory.tenants(of: .email(EmailAddress("ann@example.com")), limit: 5)
            #expect(found == [other])
        }
    }

    @Test("a login that may not make databases says what to grant, and goes on with one that the operator made")
    func withoutPrivilege() async throws {
        let server = try await PostgresServer.start()
        let own = PostgresConfiguration(parameters: server.parameters)
        _ = try await Migrator(own).up()
        try await PostgresScript.open(own).run(
            """
            CREATE ROLE plain LOGIN; GRANT tenon_owner, tenon_service, tenon_relay TO plain;
            """)
        try await TenantSandbox.use(on: server, login: "plain") { sandbox in
            let tenant = try await sandbox.request()
            let name = TenantDatabase.name(of: tenant)
            let failed = try await sandbox.reconcile().execute()
            #expect(failed?.state == .failed)
            #expect(failed?.lastError?.contains("CREATEDB") == true)
            #expect(failed?.lastError?.contains(name) == true)
            try await sandbox.sql("CREATE DATABASE \(name) OWNER plain")
            try await until { try await sandbox.reconcile().execute()?.state == .ready }
            try await until { (try? await sandbox.write(tenant, "production")) != nil }
        }
    }

    @Test("one tenant's migration that fails is marked, and the others are migrated")
    func migrations() async throws {
        try await TenantSandbox.use { sandbox in
            var tenants: [TenantID] = []
            for _ in 0..<5 { tenants.append(try await sandbox.routed()) }
            let newest = MigrationText.embedded.last!.name
            for tenant in tenants {
                let own = sandbox.database.configuration.database(TenantDatabase.name(of: tenant))
                #expect(try await Migrator(own).down(1) == [newest])
            }
            try await sandbox.sql("UPDATE tenon.schema_migrations SET checksum = 'x' WHERE number = 1", in: tenants[2])
            try await sandbox.sql("UPDATE tenon.tenant_databases SET schema_version = 1")
            let migrator = TenantMigrator(sandbox.database.configuration)
            #expect(try await migrator.status().count { $0.isCurrent } == 0)
            let outcomes = try await migrator.up()
            for outcome in outcomes {
                let isBroken = outcome.standing.database.tenant == tenants[2]
                switch outcome.result {
                case .success(let names): #expect(names == [newest] && !isBroken)
                case .failure(let failure): #expect(failure.code == .schemaDrifted && isBroken)
                }
            }
            #expect(outcomes.count == 5)
            let after = try await migrator.status()
            #expect(after.filter { !$0.isCurrent }.map(\.database.tenant) == [tenants[2]])
            #expect(after.compactMap(\.database.lastError).count == 1)
            // One that lags behind by the migration is not taken back further than the shared database.
            let own = sandbox.database.configuration.database(TenantDatabase.name(of: tenants[0]))
            #expect(try await Migrator(own).down(1) == [newest])
            for outcome in try await migrator.down(1) where outcome.standing.database.tenant != tenants[2] {
                let names = outcome.standing.database.tenant == tenants[0] ? [] : [newest]
                #expect(try outcome.result.get() == names)
            }
        }
    }
}
