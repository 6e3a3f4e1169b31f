import TenonDomain
import TestSupport
import Testing

@Suite struct TenantSuspensionContract {
    @Test("that a tenant was suspended is kept while it is being deleted", arguments: StorageAdapter.allCases)
    func kept(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let now = storage.clock.now()
            let suspended = try #require(try tenant.suspended(at: now)).0
            let condemned = try #require(suspended.condemned(grace: .seconds(60), at: now)).0
            try await storage.registry.write(in: tenant.id, as: storage.caller(tenant.id)) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.tenants.save(suspended)
                try await work.tenants.save(condemned)
            }
            #expect(condemned.wasSuspended)
            #expect(try await storage.registry.reads(in: tenant.id).tenants.tenant(tenant.id) == condemned)
            #expect(try await storage.tenantCatalog.tenants(TenantFilter(), PageRequest()).items == [condemned])
        }
    }
}
