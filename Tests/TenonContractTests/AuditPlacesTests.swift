import TenonApplication
import TenonCrypto
import TenonDomain
import TenonPostgres
import TestSupport
import Testing

/// The chains of tenants that have databases of their own.
@Suite struct AuditPlacesTests {
    private static func administrator(_ storage: Storage) -> Caller {
        let user = SignedInUser(
            id: storage.ids.next(), tenant: .platform, session: storage.ids.next(), roles: [.platformAdministrator])
        return Caller(.platformAdministrator(user), from: .test)
    }

    /// What administrators of the platform do to the tenant, so many times.
    private static func administer(_ count: Int, _ tenant: TenantID, _ storage: Storage) async throws(Failure) {
        for _ in 0..<count {
            try await storage.registry.write(in: tenant, as: administrator(storage)) { work throws(Failure) in
                work.record(DomainEvent(EventKind("tenant.changed"), on: .tenant(tenant)))
            }
        }
    }

    @Test("what a tenant does and what is done to it are linked and read where they stand")
    func places() async throws {
        try await Storage.with(.databasePerTenant) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            try await AuditedTenant.write(3, in: tenant, storage)
            try await Self.administer(2, tenant, storage)
            #expect(try await chains.link.execute() == 5)
            #expect(try await chains.link.execute() == 0)
            storage.clock.advance(by: VerifyAuditLog.linkingTime + .seconds(1))

            let administrator = Self.administrator(storage)
            let own = try await chains.verify(tenant)
            #expect((own.finding, own.records, own.heads) == (nil, 3, 1))
            let central = try await chains.verifying.execute(VerifyAuditLog.Input(tenant: tenant), as: administrator)
            #expect((central.finding, central.records, central.heads) == (nil, 2, 1))

            let sealer = try #require(storage.auditSealer)
            #expect(try await chains.list(tenant, sealer).map(\.record.action) == ["a.done", "a.done", "a.done"])
            let seen = try await ListAuditRecords(reading: chains.reading, sealer: sealer)
                .execute(ListAuditRecords.Input(tenant: tenant), as: administrator).items
            #expect(seen.map(\.record.action) == ["tenant.changed", "tenant.changed"])
            #expect(seen.allSatisfy { $0.content == nil && $0.link != nil })
        }
    }

    @Test("the keys of all chains are found by who verifies an export, and stand in the shared database alone")
    func keys() async throws {
        try await Storage.with(.databasePerTenant) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            try await AuditedTenant.write(3, in: tenant, storage)
            _ = try await chains.link.execute()
            let keys = try await ListAuditKeys(reading: chains.reading).execute(as: storage.caller(tenant))
            #expect(!keys.isEmpty)
            let count = "SELECT count(*) FROM tenon.audit_keys"
            #expect(try await TestCluster.script(storage.parameters(of: tenant), count) == [["0"]])
            let export = try await chains.export(tenant, try #require(storage.auditSealer))
            var check = AuditExportCheck(hashing: OpenSSLChainHash(), receipts: ReceiptVerification(keys: keys))
            #expect(export.withUnsafeBytes { check.take($0) } == nil)
            #expect(check.finish() == nil)
            #expect((check.sequence, check.heads) == (3, 1))
            #expect(check.place == .own(tenant))
            let other = String(decoding: export, as: UTF8.self).replacing(#""chain":"own""#, with: #""chain":"shared""#)
            var swapped = AuditExportCheck(hashing: OpenSSLChainHash(), receipts: ReceiptVerification(keys: keys))
            #expect(Array(other.utf8).withUnsafeBytes { swapped.take($0) } == AuditFinding(.forgedHead, at: 3))
        }
    }

    @Test("the chain of what is done to a tenant does not pass for that of what it did")
    func swapped() async throws {
        try await Storage.with(.databasePerTenant) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            try await AuditedTenant.write(3, in: tenant, storage)
            try await Self.administer(2, tenant, storage)
            _ = try await chains.link.execute()
            let (shared, own) = (try #require(storage.parameters), try await storage.parameters(of: tenant))
            for table in ["audit_records", "audit_links", "audit_heads"] {
                let rows = try await TestCluster.script(
                    shared,
                    "SELECT json_agg(r) FROM tenon.\(table) r WHERE tenant_id = '\(TestCluster.uuid(tenant))'")
                let json = try #require(rows.first?.first ?? nil).replacing("'", with: "''")
                try await TestCluster.script(
                    own,
                    """
                    DELETE FROM tenon.\(table);
                    INSERT INTO tenon.\(table) SELECT * FROM json_populate_recordset(null::tenon.\(table), '\(json)')
                    """)
            }
            let verified = try await chains.verify(tenant)
            #expect(verified.finding == AuditFinding(.forgedHead, at: 2))
            // Everything else of it is genuine.
            #expect(verified.records == 2)
        }
    }

    @Test("a database that does not answer holds up no other chain, and is linked when it answers again")
    func unavailable() async throws {
        try await Storage.with(.databasePerTenant) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenants: [TenantID] = (0..<3).map { _ in storage.ids.next() }
            for tenant in tenants {
                try await AuditedTenant.write(2, in: tenant, storage)
                try await Self.administer(1, tenant, storage)
            }
            let name = TenantDatabase.name(of: tenants[0])
            let shared = try #require(storage.parameters)
            try await TestCluster.script(shared, "ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
            try await TestCluster.script(
                shared, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
            await #expect(throws: Failure.self) { _ = try await chains.link.execute() }
            for tenant in tenants {
                let central = storage.registry.reads(in: tenant).auditLog
                #expect(try await central.links(after: 0, limit: 9).count == 1)
            }
            for tenant in tenants[1...] { #expect(try await chains.verify(tenant).records == 2) }

            try await TestCluster.script(shared, "ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
            try await until { (try? await AuditedTenant.write(1, in: tenants[0], storage)) != nil }
            try await until {
                _ = try? await chains.link.execute()
                return (try? await chains.verify(tenants[0]))?.records == 3
            }
            #expect(try await chains.verify(tenants[0]).finding == nil)
        }
    }

    @Test("what another process wrote in a tenant's database is found")
    func otherProcess() async throws {
        try await Storage.with(.databasePerTenant) { storage in
            let tenants: [TenantID] = (0..<12).map { _ in storage.ids.next() }
            for tenant in tenants { try await AuditedTenant.write(1, in: tenant, storage) }
            let other = try await PostgresDatabase.open(PostgresConfiguration(parameters: #require(storage.parameters)))
            defer { other.close() }
            let chains = try await AuditedTenant.linker(storage, chain: PostgresAuditChain(other))
            try await until {
                _ = try await chains.link.execute()
                for tenant in tenants where try await chains.verify(tenant).records == 0 { return false }
                return true
            }
        }
    }

    @Test("a refusal is recorded in the tenant's own database")
    func denial() async throws {
        try await Storage.with(.databasePerTenant) { storage in
            let tenant: TenantID = storage.ids.next()
            let denials = RecordDenial(transactions: storage.transactions, clock: storage.clock)
            try await denials.execute(
                RecordDenial.Input(operation: "createUser", resource: nil, code: "permission_denied", detail: "No."),
                as: storage.caller(tenant))
            let outcomes = "SELECT action, outcome FROM tenon.audit_records"
            #expect(
                try await TestCluster.script(storage.parameters(of: tenant), outcomes) == [["createUser", "denied"]])
            #expect(try await TestCluster.script(#require(storage.parameters), outcomes).isEmpty)
        }
    }
}

extension Storage {
    /// libpq's, of the tenant's own database where it has one.
    func parameters(of tenant: TenantID) async throws -> [(String, String)] {
        let shared = try #require(parameters)
        guard let own = try await registry.reads(in: tenant).tenantDatabases.database() else { return shared }
        return shared.map { $0.0 == "dbname" ? ("dbname", own.name) : $0 }
    }
}
