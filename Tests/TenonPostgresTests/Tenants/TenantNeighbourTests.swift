import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("What happens to a tenant while the database has trouble elsewhere") struct TenantNeighbourTests {
    private static let process = Command(Statement("neighbour_process", "SELECT pg_backend_pid()"))

    @Test("With one table locked and three clients on it, another tenant reads other tables, and nothing piles up")
    func lockedTable() async throws {
        try await TenantSandbox.use { sandbox in
            let (waiting, reading) = (sandbox.ids.next() as TenantID, sandbox.ids.next() as TenantID)
            let email = LoginName.email(try EmailAddress("ann@example.com"))
            let locker = try await PostgresScript.open(PostgresConfiguration(parameters: sandbox.parameters))
            let blocked = { () async throws -> Int in
                try await sandbox.sql(
                    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ).count
            }
            try await locker.run("BEGIN; LOCK TABLE tenon.namespaces")
            let clients = (0..<3).map { _ in
                Task { while !Task.isCancelled { _ = try? await sandbox.names(waiting) } }
            }
            try await until { try await blocked() > 0 }
            for _ in 0..<9 {
                #expect(try await sandbox.transactions.reads(in: reading).users.user(email) == nil)
                // One per connection of the reads, of which there is one.
                #expect(try await blocked() <= 1)
            }
            for client in clients { client.cancel() }
            for client in clients { await client.value }
            #expect(try await blocked() == 0)
            async let names = sandbox.names(waiting)
            try await until { try await blocked() > 0 }
            try await locker.run("COMMIT")
            #expect(try await names == [])
        }
    }

    @Test("Connections of a server that reads only, as after a failover, are replaced, those of reads too")
    func readOnly() async throws {
        try await TenantSandbox.use(on: try await PostgresServer.start()) { sandbox in
            let tenant: TenantID = sandbox.ids.next()
            let processes = { () async throws -> [Int64] in
                let runners = [sandbox.database.unscopedReads, sandbox.database.unscopedWrites]
                var found: [Int64] = []
                for runner in runners { found.append(try await runner.run([Self.process])[0][0].int(0)) }
                return found
            }
            let before = try await processes()
            try await sandbox.sql("ALTER SYSTEM SET default_transaction_read_only = on")
            try await sandbox.sql("SELECT pg_reload_conf()")
            try await until {
                _ = try? await sandbox.write(tenant, "refused")
                return try await Set(before).isDisjoint(with: processes())
            }
            #expect(
                await failure { () throws(Failure) in try await sandbox.write(tenant, "refused") }?.code
                    == .serviceUnavailable)
            try await sandbox.sql("ALTER SYSTEM RESET default_transaction_read_only")
            try await sandbox.sql("SELECT pg_reload_conf()")
            try await until { (try? await sandbox.write(tenant, "stored")) != nil }
            #expect(try await sandbox.names(tenant) == ["stored"])
        }
    }

    @Test("A tenant's database that refuses the service's role answers 503 for its tenant, until it does not")
    func refusedRole() async throws {
        try await TenantSandbox.use { sandbox in
            let (tenant, other) = (try await sandbox.routed(), sandbox.ids.next() as TenantID)
            try await sandbox.write(tenant, "first")
            try await sandbox.sql("REVOKE ALL ON ALL TABLES IN SCHEMA tenon FROM tenon_service", in: tenant)
            let read = await failure { () throws(Failure) in try await sandbox.names(tenant) }
            let write = await failure { () throws(Failure) in try await sandbox.write(tenant, "second") }
            for refused in [read, write] {
                #expect(refused?.code == .tenantDatabaseUnavailable)
                #expect(refused?.retryAfter == .seconds(1))
            }
            try await sandbox.write(other, "first")
            try await sandbox.sql(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tenon TO tenon_service", in: tenant)
            try await sandbox.write(tenant, "second")
            #expect(try await sandbox.names(tenant).sorted() == ["first", "second"])
        }
    }
}
