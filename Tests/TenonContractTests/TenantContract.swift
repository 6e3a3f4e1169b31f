import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct TenantContract {
    private func add(_ tenant: Tenant, to storage: Storage) async throws(Failure) {
        try await storage.write(tenant.id) { work throws(Failure) in try await work.tenants.add(tenant) }
    }

    /// The tenant, in the state that its deletion has begun for good.
    private func erasing(_ slug: String, in storage: Storage) async throws -> Tenant {
        let tenant = try storage.tenant(slug)
        try await add(tenant, to: storage)
        let condemned = try #require(tenant.condemned(grace: .zero, at: storage.clock.now())).0
        let erasing = try #require(condemned.erasing(at: storage.clock.now())).0
        try await storage.write(tenant.id) { work throws(Failure) in
            try await work.tenants.save(condemned)
            try await work.tenants.save(erasing)
        }
        return erasing
    }

    @Test("every field is kept, and a stale version is not stored", arguments: StorageAdapter.allCases)
    func fields(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let owner = FirstOwner(email: try EmailAddress("ann@acme.com"), name: try DisplayName("Ann"))
            let tenant = Tenant.register(
                id: storage.ids.next(), slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .free,
                isolation: .database, firstOwner: owner, at: storage.clock.now()
            ).0
            try await add(tenant, to: storage)
            let reads = storage.transactions.reads(in: tenant.id)
            #expect(try await reads.tenants.tenant(tenant.id) == tenant)
            let changed = try #require(
                tenant.changed(name: try DisplayName("Ünïcode"), plan: .enterprise, at: storage.clock.now())
            ).0
            let condemned = try #require(changed.condemned(grace: .seconds(60), at: storage.clock.now())).0
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.save(changed)
                try await work.tenants.save(condemned)
                let held = try await work.tenants.tenantForUpdate(tenant.id)
                #expect(held == condemned)
            }
            #expect(try await reads.tenants.tenant(tenant.id) == condemned)
            let stale = await failure { () throws(Failure) in
                try await storage.write(tenant.id) { work throws(Failure) in try await work.tenants.save(changed) }
            }
            #expect(stale?.code == .tooMuchContention)
            let stranger: TenantID = storage.ids.next()
            let foreign = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in
                    let hidden = try await work.tenants.tenantForUpdate(tenant.id)
                    #expect(hidden == nil)
                    try await work.tenants.save(condemned)
                }
            }
            #expect(foreign?.code == .internalError)
        }
    }

    @Test("of writers that race with one version one wins", arguments: StorageAdapter.allCases)
    func race(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            try await add(tenant, to: storage)
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let won: Bool? = try? await storage.write(tenant.id) { work throws(Failure) in
                            guard let held = try await work.tenants.tenantForUpdate(tenant.id), held.version == 1,
                                let name = try? DisplayName("Name \(number)"),
                                let (changed, _) = held.changed(name: name, at: storage.clock.now())
                            else { return false }
                            try await work.tenants.save(changed)
                            return true
                        }
                        return won ?? false
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
        }
    }

    @Test("the catalog pages by slug without gaps or repeats, filtered and counted", arguments: StorageAdapter.allCases)
    func catalog(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let slugs = ["a-1", "a1", "aa", "b", "ba", "z-9", "z9"]
            for slug in slugs.reversed() { try await add(try storage.tenant(slug), to: storage) }
            let suspended = try storage.tenant("a-suspended")
            try await add(suspended, to: storage)
            let locked = try #require(try suspended.suspended(at: storage.clock.now())).0
            try await storage.write(suspended.id) { work throws(Failure) in try await work.tenants.save(locked) }

            let catalog = storage.tenantCatalog
            var seen: [String] = []
            var start = PageRequest.Start.first
            while true {
                let page = try await catalog.tenants(TenantFilter(), PageRequest(start, limit: 3))
                seen += page.items.map(\.slug.text)
                guard let next = page.next else { break }
                start = .after(next)
            }
            #expect(seen == ["a-1", "a-suspended"] + slugs.dropFirst())
            let second = try await catalog.tenants(TenantFilter(), PageRequest(.page(2), limit: 5))
            #expect(second.items.map(\.slug.text) == ["ba", "z-9", "z9"] && second.total == 8)
            let begins = try await catalog.tenants(
                TenantFilter(slugPrefix: try TenantSlugPrefix("a")), PageRequest(.page(1)))
            #expect(begins.items.map(\.slug.text) == ["a-1", "a-suspended", "a1", "aa"] && begins.total == 4)
            let filter = TenantFilter(status: .suspended, plan: .starter)
            #expect(try await catalog.tenants(filter, PageRequest()).items == [locked])
            #expect(try await catalog.tenants(TenantFilter(plan: .free), PageRequest()).items.isEmpty)
        }
    }

    @Test("whoever is past the grace is due, and nobody else", arguments: StorageAdapter.allCases)
    func due(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            try await add(try storage.tenant("active"), to: storage)
            let tenant = try storage.tenant("condemned")
            try await add(tenant, to: storage)
            let now = storage.clock.now()
            let condemned = try #require(tenant.condemned(grace: .seconds(60), at: now)).0
            try await storage.write(tenant.id) { work throws(Failure) in try await work.tenants.save(condemned) }
            #expect(try await storage.tenantCatalog.due(at: now + .seconds(59), after: nil, limit: 9).isEmpty)
            #expect(try await storage.tenantCatalog.due(at: now + .seconds(60), after: nil, limit: 9) == [condemned])
            let rest = try await storage.tenantCatalog.due(at: now + .seconds(60), after: condemned.slug, limit: 9)
            #expect(rest.isEmpty)
        }
    }

    // Of a tenant with a database of its own the database goes.
    @Test(
        "an erasure takes everything of its tenant but the log, bit by bit, and nothing of another's",
        arguments: [StorageAdapter.memory, .postgresql])
    func erasure(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other) = (try await erasing("acme", in: storage), try storage.tenant("beta"))
            try await add(other, to: storage)
            var users: [User] = []
            var namespaces: [Namespace] = []
            for owner in [tenant, other] {
                let user = try storage.user(owner.id, email: "ann@example.com", username: "ann")
                let session = Session.begin(
                    id: storage.ids.next(), for: user, from: .test, lifetimes: TokenLifetimes(),
                    at: storage.clock.now()
                ).0
                let namespace = try storage.namespace(owner.id, "production")
                try await storage.write(owner.id) { work throws(Failure) in
                    try await work.users.add(user)
                    try await work.sessions.add(session)
                    try await work.configuration.add(namespace)
                    work.record(DomainEvent(EventKind("test.happened"), on: .tenant(owner.id)))
                }
                for number in 0..<5 { try await storage.set(namespace, "key-\(number)") }
                users.append(user)
                namespaces.append(namespace)
            }
            let event = tenant.erased()
            let job = storage.caller(tenant.id)
            var progress = ErasureProgress.going
            var rounds = 0
            while progress == .going, rounds < 100 {
                progress = try await storage.tenantErasure.erase(tenant.id, limit: 2, as: job, recording: event)
                rounds += 1
            }
            #expect(progress == .gone)
            let again = try await storage.tenantErasure.erase(tenant.id, limit: 2, as: job, recording: event)
            #expect(again == .waiting)
            let gone = storage.transactions.reads(in: tenant.id)
            #expect(try await gone.tenants.tenant(tenant.id) == nil)
            #expect(try await gone.users.user(users[0].id) == nil)
            let found = await failure { () throws(Failure) in try await gone.configuration.namespace(namespaces[0].id) }
            #expect(found?.code == .namespaceNotFound)
            let kept = storage.transactions.reads(in: other.id)
            #expect(try await kept.tenants.tenant(other.id) == other)
            #expect(try await kept.users.user(users[1].id) == users[1])
            #expect(try await kept.configuration.countEntries(in: namespaces[1].id) == 5)
            let actions = try await storage.auditedActions()
            #expect(actions.filter { $0 == "identity.tenant_erased" }.count == 1)
            #expect(actions.filter { $0 == "test.happened" }.count == 2)
            try await add(try storage.tenant("acme"), to: storage)
        }
    }

    @Test("a tenant that is not being erased loses nothing", arguments: StorageAdapter.allCases)
    func standing(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            try await add(tenant, to: storage)
            let condemned = try #require(tenant.condemned(grace: .zero, at: storage.clock.now())).0
            try await storage.write(tenant.id) { work throws(Failure) in try await work.tenants.save(condemned) }
            let progress = try await storage.tenantErasure.erase(
                tenant.id, limit: 100, as: storage.caller(tenant.id), recording: tenant.erased())
            #expect(progress == .waiting)
            #expect(try await storage.transactions.reads(in: tenant.id).tenants.tenant(tenant.id) == condemned)
        }
    }

    @Test("of several that erase one tenant at once one says that it is gone", arguments: StorageAdapter.allCases)
    func together(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try await erasing("acme", in: storage)
            let namespace = try storage.namespace(tenant.id, "production")
            try await storage.write(tenant.id) { work throws(Failure) in try await work.configuration.add(namespace) }
            for number in 0..<20 { try await storage.set(namespace, "key-\(number)") }
            let gone = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var gone = 0
                        for _ in 0..<60 {
                            let progress = try? await storage.tenantErasure.erase(
                                tenant.id, limit: 3, as: storage.caller(tenant.id), recording: tenant.erased())
                            if progress == .gone { gone += 1 }
                        }
                        return gone
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(gone == 1)
        }
    }
}
