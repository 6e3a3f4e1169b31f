import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct TenantDatabasesContract {
    private func request(_ storage: Storage, _ tenant: TenantID) async throws(Failure) {
        try await storage.registry.write(for: storage.caller(tenant)) { work throws(Failure) in
            try await work.tenantDatabases.request(at: storage.clock.now())
        }
    }

    private func replace(
        _ storage: Storage, _ old: TenantDatabase, by new: TenantDatabase
    ) async throws(Failure) -> Bool {
        try await storage.registry.write(for: storage.caller(old.tenant)) { work throws(Failure) in
            try await work.tenantDatabases.replace(old, by: new)
        }
    }

    private func database(_ storage: Storage, _ tenant: TenantID) async throws(Failure) -> TenantDatabase? {
        try await storage.registry.reads(in: tenant).tenantDatabases.database()
    }

    @Test("what is asked for stands once, and another tenant sees nothing", arguments: StorageAdapter.allCases)
    func request(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            #expect(try await database(storage, tenant) == nil)
            try await request(storage, tenant)
            let first = try #require(try await database(storage, tenant))
            #expect(first == TenantDatabase(requestedFor: tenant, at: storage.clock.now()))
            #expect(first.name.utf8.count == 34)
            storage.clock.advance(by: .seconds(5))
            try await request(storage, tenant)
            #expect(try await database(storage, tenant) == first)
            #expect(try await database(storage, other) == nil)
        }
    }

    @Test("of two that save what they read one wins", arguments: StorageAdapter.allCases)
    func replace(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            try await request(storage, tenant)
            let now = storage.clock.now()
            let first = try #require(try await database(storage, tenant))
            #expect(try await replace(storage, first, by: first.reached(.creating, at: now)))
            #expect(try await !replace(storage, first, by: first.reached(.dropping, at: now)))
            let failed = first.reached(.creating, at: now).failed("no room", at: now)
            #expect(try await replace(storage, first.reached(.creating, at: now), by: failed))
            #expect(try await database(storage, tenant) == failed)
            #expect(failed.lastError == "no room")
        }
    }

    @Test("a pending one is held by one at a time, until its time is over", arguments: StorageAdapter.allCases)
    func take(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, ready): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            try await request(storage, tenant)
            try await request(storage, ready)
            let done = try #require(try await database(storage, ready))
            #expect(try await replace(storage, done, by: done.reached(.ready, at: storage.clock.now())))
            let queue = storage.tenantDatabaseQueue
            let now = storage.clock.now()
            let taken: [TenantDatabase] = await withTaskGroup(of: TenantDatabase?.self) { group in
                for _ in 0..<8 { group.addTask { try? await queue.take(holdingUntil: now + .seconds(60), at: now) } }
                return await group.reduce(into: []) { taken, next in if let next { taken.append(next) } }
            }
            #expect(taken.map(\.tenant) == [tenant])
            #expect(taken.first?.attempts == 1)
            #expect(try await queue.take(holdingUntil: now, at: now + .seconds(59)) == nil)
            let again = try await queue.take(holdingUntil: now + .seconds(120), at: now + .seconds(60))
            #expect(again?.attempts == 2)
            // Whoever held it before has lost it.
            let held = try #require(taken.first)
            #expect(try await !replace(storage, held, by: held.reached(.creating, at: now)))
        }
    }
}
