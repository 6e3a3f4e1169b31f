import Synchronization
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonPostgres

@Suite struct TenantRoutingTests {
    @Test("a tenant's rows stand in its own database, and only what finds them in the shared one")
    func rows() async throws {
        try await TenantSandbox.use { sandbox in
            let (own, shared) = (try await sandbox.routed(), sandbox.ids.next() as TenantID)
            for tenant in [own, shared] {
                try await sandbox.write(tenant, "production")
                let user = try ann(of: tenant, sandbox)
                try await sandbox.transactions.write(for: sandbox.caller(tenant)) { work throws(Failure) in
                    try await work.users.add(user)
                }
            }
            for table in ["namespaces", "users", "audit_records", "outbox"] {
                let tenants = "SELECT DISTINCT tenant_id FROM tenon.\(table)"
                #expect(try await sandbox.sql(tenants) == [[Scope.uuidText(shared)]], "\(table)")
                #expect(try await sandbox.sql(tenants, in: own) == [[Scope.uuidText(own)]], "\(table)")
            }
            let email = LoginName.email(try EmailAddress("ann@example.com"))
            #expect(try await sandbox.directory.tenants(of: email, limit: 5) == [own, shared])
            #expect(try await sandbox.directory.tenants(of: .username(Username("ann")), limit: 5).count == 2)
            let user = try #require(try await sandbox.transactions.reads(in: own).users.user(email))
            try await sandbox.transactions.write(for: sandbox.caller(own)) { work throws(Failure) in
                try await work.users.remove(user.id)
            }
            #expect(try await sandbox.sql("SELECT count(*) FROM tenon.directory_entries") == [["0"]])
        }
    }

    private func ann(of tenant: TenantID, _ sandbox: TenantSandbox) throws -> User {
        User.register(
            id: sandbox.ids.next(), tenant: tenant, email: try EmailAddress("ann@example.com"),
            username: try Username("ann"), name: PersonName(), passwordHash: nil, roles: [.owner],
            at: sandbox.clock.now()
        ).0
    }

    @Test("writes that failed at a tenant's own database hide nobody's account, there or at another tenant")
    func failedWrites() async throws {
        try await TenantSandbox.use { sandbox in
            let (own, shared) = (try await sandbox.routed(), sandbox.ids.next() as TenantID)
            for _ in 0..<6 {
                let user = try ann(of: own, sandbox)
                let refused = await failure { () throws(Failure) in
                    try await sandbox.transactions.write(for: sandbox.caller(own)) { work throws(Failure) in
                        try await work.users.add(user)
                        throw Failure(.cancelled, "The transaction fails.")
                    }
                }
                #expect(refused?.code == .cancelled)
            }
            for tenant in [own, shared] {
                let user = try ann(of: tenant, sandbox)
                try await sandbox.transactions.write(for: sandbox.caller(tenant)) { work throws(Failure) in
                    try await work.users.add(user)
                }
            }
            for login in [LoginName.email(try EmailAddress("ann@example.com")), .username(try Username("ann"))] {
                #expect(try await sandbox.directory.tenants(of: login, limit: 5) == [own, shared])
                for tenant in [own, shared] {
                    #expect(try await sandbox.transactions.reads(in: tenant).users.user(login)?.tenant == tenant)
                }
            }
        }
    }

    @Test(
        "what makes credentials void stands in the shared database before the tenant's own commits, and again behind it"
    )
    func accessChanges() async throws {
        try await TenantSandbox.use { sandbox in
            let tenant = try await sandbox.routed()
            let user: UserID = sandbox.ids.next()
            try await sandbox.transactions.write(for: sandbox.caller(tenant)) { work throws(Failure) in
                work.accessChanged(.user(user), epoch: 7)
                work.record(DomainEvent(.namespaceCreated, on: .tenant(tenant)))
            }
            let changes = try await PostgresAccessFeed(sandbox.database).changes(within: .seconds(60))
            #expect(changes.map(\.subject) == [.user(user), .user(user)])
            #expect(Set(changes.map(\.id)).count == 2 && changes.allSatisfy { $0.epoch == 7 })
            #expect(try await sandbox.sql("SELECT count(*) FROM tenon.access_changes", in: tenant) == [["0"]])
        }
    }

    @Test("more tenants than databases that are kept open all work, and few are kept")
    func manyTenants() async throws {
        let limits = PostgresLimits(pipelineConnections: 1, tenantDatabases: 2, tenantLeases: 2)
        try await TenantSandbox.use(limits: limits) { sandbox in
            var tenants: [TenantID] = []
            for _ in 0..<7 { tenants.append(try await sandbox.routed()) }
            let failures: [Failure] = await withTaskGroup(of: Failure?.self) { group in
                for tenant in tenants {
                    for number in 0..<6 {
                        group.addTask {
                            await failure { () throws(Failure) in
                                try await sandbox.write(tenant, "n\(number)")
                                _ = try await sandbox.names(tenant)
                            }
                        }
                    }
                }
                return await group.reduce(into: []) { failures, next in if let next { failures.append(next) } }
            }
            #expect(failures.map(\.detail) == [])
            for tenant in tenants { #expect(try await sandbox.names(tenant).count == 6) }
            // The server sees those that were let go leave.
            try await until {
                let open = try await sandbox.sql(
                    """
                    SELECT count(DISTINCT datname) FROM pg_stat_activity
                    WHERE datname = ANY('{\(tenants.map { TenantDatabase.name(of: $0) }.joined(separator: ","))}')
                    """)
                return Int(open[0][0] ?? "") ?? 99 <= 2
            }
        }
    }

    @Test("when a tenant's database is dropped under load only that tenant is answered 503, until it is there again")
    func dropped() async throws {
        try await TenantSandbox.use { sandbox in
            let (gone, other) = (try await sandbox.routed(), try await sandbox.routed())
            let shared: TenantID = sandbox.ids.next()
            for tenant in [gone, other, shared] { try await sandbox.write(tenant, "first") }
            let outcomes = Outcomes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for tenant in [gone, other, shared] {
                    for writer in 0..<3 {
                        group.addTask {
                            var number = 0
                            while !outcomes.isStopped {
                                number += 1
                                // Refusals come at once: the others need their turns.
                                try await Task.sleep(for: .milliseconds(2))
                                let name = "w\(writer)-\(number)"
                                outcomes.add(
                                    tenant,
                                    await failure { () throws(Failure) in
                                        if number.isMultiple(of: 4) {
                                            try await sandbox.write(tenant, name)
                                        } else {
                                            _ = try await sandbox.names(tenant)
                                        }
                                    })
                            }
                        }
                    }
                }
                group.addTask {
                    try await until { outcomes.successes(gone) > 20 }
                    try await sandbox.sql("DROP DATABASE \(TenantDatabase.name(of: gone)) WITH (FORCE)")
                    let before = (outcomes.successes(other), outcomes.successes(shared))
                    try await until { outcomes.failures(gone).count > 20 }
                    try await until {
                        outcomes.successes(other) > before.0 + 20 && outcomes.successes(shared) > before.1 + 20
                    }
                    outcomes.stop()
                }
                try await group.waitForAll()
            }
            #expect(outcomes.failures(gone).allSatisfy { $0.code.kind == .unavailable })
            #expect(outcomes.failures(gone).contains { $0.code == .tenantDatabaseUnavailable })
            #expect(outcomes.failures(other).map(\.detail) == [])
            #expect(outcomes.failures(shared).map(\.detail) == [])
            // Events and revisions of the others go on too.
            let outbox = PostgresOutbox(sandbox.database, clock: sandbox.clock)
            let delivered = Outcomes()
            try await until {
                _ = try await outbox.deliver(limit: 50) { events in
                    for event in events { delivered.add(event.tenant, nil) }
                }
                return delivered.successes(other) > 0 && delivered.successes(shared) > 0
            }
            // An empty one under the name, as an operator or a restore makes it, is found without a restart.
            try await PostgresTenantCluster(sandbox.database).create(TenantDatabase.name(of: gone))
            _ = try await PostgresTenantCluster(sandbox.database).migrate(TenantDatabase.name(of: gone))
            try await until { (try? await sandbox.names(gone)) == [] }
            try await sandbox.write(gone, "again")
        }
    }

    @Test("a database that lacks a migration answers 503 for its tenant alone, and is used again when it has it")
    func outdated() async throws {
        try await TenantSandbox.use { sandbox in
            let (behind, other) = (try await sandbox.routed(), try await sandbox.routed())
            try await sandbox.write(behind, "first")
            try await sandbox.sql(
                "UPDATE tenon.tenant_databases SET schema_version = 1 WHERE tenant_id = '\(Scope.uuidText(behind))'")
            // What was known of it is good for a second.
            try await until {
                await failure { () throws(Failure) in try await sandbox.names(behind) }?.code == .schemaOutdated
            }
            try await sandbox.write(other, "first")
            let outcomes = try await TenantMigrator(sandbox.database.configuration).up()
            #expect(outcomes.count == 2)
            try await until { (try? await sandbox.names(behind)) == ["first"] }
        }
    }
}

/// What became of requests, by tenant.
private final class Outcomes: Sendable {
    private let state = Mutex<[TenantID: (successes: Int, failures: [Failure])]>([:])

    func add(_ tenant: TenantID, _ failure: Failure?) {
        state.withLock { state in
            if let failure { state[tenant, default: (0, [])].failures.append(failure) }
            if failure == nil { state[tenant, default: (0, [])].successes += 1 }
        }
    }

    private let hasStopped = Atomic<Bool>(false)
    var isStopped: Bool { hasStopped.load(ordering: .relaxed) }
    func stop() { hasStopped.store(true, ordering: .relaxed) }

    func successes(_ tenant: TenantID) -> Int { state.withLock { $0[tenant]?.successes ?? 0 } }
    func failures(_ tenant: TenantID) -> [Failure] { state.withLock { $0[tenant]?.failures ?? [] } }
}
