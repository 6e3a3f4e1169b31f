import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite struct RestoreUnderWritesTests {
    /// Until it is cancelled; answers how it failed.
    private static func write(_ keys: [String], in tenant: RestoredTenant) async -> Set<FailureCode> {
        var codes: Set<FailureCode> = []
        var value = 2
        while !Task.isCancelled {
            for key in keys {
                do throws(Failure) {
                    try await tenant.set(key, value % 200)
                } catch {
                    codes.insert(error.code)
                }
            }
            value += 1
        }
        return codes
    }

    @Test("restores succeed while others write all the time, and leave no row that was written before")
    func busy() async throws {
        try await RestoredTenant.use(.shared) { tenant in
            for key in ["a", "b", "c"] { try await tenant.set(key, 1) }
            try await tenant.addUser("ann@example.com")
            try await tenant.backUp()
            let writers = (0..<4).map { writer in
                // In different orders.
                let keys = writer.isMultiple(of: 2) ? ["a", "b", "new"] : ["new", "b", "a"]
                return Task { await Self.write(keys, in: tenant) }
            }
            for _ in 0..<10 { try await tenant.restore() }
            var codes: Set<FailureCode> = []
            for writer in writers {
                writer.cancel()
                codes.formUnion(await writer.value)
            }
            #expect(codes.isSubset(of: [.tenantRestoring, .cancelled]), "\(codes)")
            try await tenant.restore()
            #expect(
                try await tenant.sql("SELECT key FROM tenon.configs WHERE tenant_id = ID ORDER BY 1") == [
                    ["a"], ["b"], ["c"],
                ])
        }
    }

    @Test("a write is refused while the tenant is restored and a moment after it, another tenant's is not")
    func barred() async throws {
        try await RestoredTenant.use(.shared) { tenant in
            let session = try await PostgresScript.open(tenant.sandbox.database.configuration)
            try await session.run("BEGIN")
            try await session.run(
                "SELECT pg_advisory_xact_lock(hashtextextended('tenon writes ' || ($1::uuid)::text, 0))",
                [Scope.uuidText(tenant.id)])
            func refusal() async -> Failure? {
                await failure { () throws(Failure) in try await tenant.set("kept", 1) }
            }
            #expect(await refusal()?.code == .tenantRestoring)
            try await tenant.sandbox.write(tenant.sandbox.ids.next(), "other")
            #expect(try await tenant.namespace().revision == 1)
            try await session.run("COMMIT")
            #expect(await refusal() == nil)

            let floor = VersionFloor(value: VersionFloor.span)
            try await session.run("BEGIN; \(RestoredRows.asOwner)")
            try await floor.bar(session, Scope.uuidText(tenant.id), for: .seconds(3600))
            try await session.run("COMMIT")
            #expect(await refusal()?.code == .tenantRestoring)
            #expect(await refusal()?.retryAfter == .seconds(1))
            try await tenant.backUp()
            try await tenant.restore()
            #expect(await refusal() == nil)
        }
    }
}
