import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct IdentityContract {
    @Test("what is added is found, field by field", arguments: StorageAdapter.allCases)
    func addAndFind(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let user = try storage.user(tenant.id, email: "Ann@Example.com", username: "Ann")
            let session = Session.begin(
                id: storage.ids.next(), for: user, from: .test, lifetimes: TokenLifetimes(), at: storage.clock.now()
            ).0
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.users.add(user)
                try await work.sessions.add(session)
            }
            let reads = storage.transactions.reads(in: tenant.id)
            #expect(try await reads.tenants.tenant(tenant.id) == tenant)
            #expect(try await reads.users.user(user.id) == user)
            #expect(try await reads.users.user(.email(EmailAddress("ANN@example.COM"))) == user)
            #expect(try await reads.users.user(.username(Username("aNN"))) == user)
            let found = try await storage.write(tenant.id) { work throws(Failure) in
                try await work.sessions.sessionForUpdate(session.id)
            }
            #expect(found?.session == session)
            #expect(found?.user == user)
        }
    }

    @Test("slugs are unique everywhere, names of users within their tenant", arguments: StorageAdapter.allCases)
    func duplicates(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let first = try storage.tenant("acme")
            let second = try storage.tenant("acme")
            let ann = try storage.user(first.id, email: "ann@example.com", username: "ann")
            try await storage.write(first.id) { work throws(Failure) in
                try await work.tenants.add(first)
                try await work.users.add(ann)
            }
            let slug = await failure { () throws(Failure) in
                try await storage.write(second.id) { work throws(Failure) in try await work.tenants.add(second) }
            }
            #expect(slug?.code == .slugTaken)
            for (email, username, code) in [
                ("ANN@example.com", "other", FailureCode.emailTaken), ("b@example.com", "ANN", .usernameTaken),
            ] {
                let user = try storage.user(first.id, email: email, username: username)
                let refused = await failure { () throws(Failure) in
                    try await storage.write(first.id) { work throws(Failure) in try await work.users.add(user) }
                }
                #expect(refused?.code == code)
            }
            let elsewhere = try storage.user(second.id, email: "ann@example.com", username: "ann")
            try await storage.write(second.id) { work throws(Failure) in try await work.users.add(elsewhere) }
        }
    }

    @Test(
        "Of accounts that name no tenant one has an e-mail address or username, whichever tenants they are of",
        // Who names no tenant gets one in the shared database.
        arguments: [StorageAdapter.memory, .postgresql])
    func personalAccounts(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            func add(_ email: String, _ username: String?, isPersonal: Bool = true) async throws -> Failure? {
                let id: TenantID = storage.ids.next()
                let tenant = try storage.tenant(id.description.replacing("_", with: "-"))
                let user = User.register(
                    id: storage.ids.next(), tenant: tenant.id, email: try EmailAddress(email),
                    username: try username.map { text throws(Violation) in try Username(text) }, passwordHash: nil,
                    roles: [.owner], isPersonal: isPersonal, at: storage.clock.now()
                ).0
                return await failure { () throws(Failure) in
                    try await storage.write(tenant.id) { work throws(Failure) in
                        try await work.tenants.add(tenant)
                        try await work.users.add(user)
                    }
                }
            }
            #expect(try await add("ann@example.com", "ann") == nil)
            #expect(try await add("ANN@example.com", nil)?.code == .accountExists)
            #expect(try await add("bob@example.com", "Ann")?.code == .accountExists)
            #expect(try await add("ann@example.com", "ann", isPersonal: false) == nil)
            // Of several that register at once one is let in.
            let outcomes = try await withThrowingTaskGroup(of: Failure?.self) { group in
                for _ in 0..<8 { group.addTask { try await add("carol@example.com", nil) } }
                return try await group.reduce(into: []) { $0.append($1?.code) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.count { $0 == .accountExists } == 7)
        }
    }

    @Test("another tenant finds nothing", arguments: StorageAdapter.allCases)
    func isolation(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let user = try storage.user(tenant.id, email: "ann@example.com", username: "ann")
            let session = Session.begin(
                id: storage.ids.next(), for: user, from: .test, lifetimes: TokenLifetimes(), at: storage.clock.now()
            ).0
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.users.add(user)
                try await work.sessions.add(session)
            }
            let stranger: TenantID = storage.ids.next()
            let reads = storage.transactions.reads(in: stranger)
            #expect(try await reads.tenants.tenant(tenant.id) == nil)
            #expect(try await reads.users.user(user.id) == nil)
            #expect(try await reads.users.user(.email(user.email)) == nil)
            try await storage.write(stranger) { work throws(Failure) in
                try await work.users.upgradeHash(of: user.id, to: PasswordHash(encoded: "stolen"))
                let found = try await work.sessions.sessionForUpdate(session.id)?.session
                #expect(found == nil)
            }
            let saved = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in try await work.sessions.save(session) }
            }
            #expect(saved?.code == .internalError)
            #expect(try await storage.transactions.reads(in: tenant.id).users.user(user.id) == user)
            let refused = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in try await work.users.add(user) }
            }
            #expect(refused?.code == .internalError)
        }
    }

    @Test("sessions that were over long enough are swept, and no others", arguments: StorageAdapter.allCases)
    func sessionSweep(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let user = try storage.user(tenant, email: "ann@example.com")
            let now = storage.clock.now()
            let sessions = [100, 200].map { life in
                Session.begin(
                    id: storage.ids.next(), for: user, from: .test,
                    lifetimes: TokenLifetimes(refreshTotal: .seconds(life)), at: now
                ).0
            }
            var ended = Session.begin(
                id: storage.ids.next(), for: user, from: .test, lifetimes: TokenLifetimes(), at: now
            ).0
            _ = ended.end(at: now + .seconds(120))
            let over = ended
            try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(user)
                for session in sessions + [over] { try await work.sessions.add(session) }
            }
            #expect(try await storage.endedSessions.purge(at: now + Session.retention + .seconds(99)) == 0)
            #expect(try await storage.endedSessions.purge(at: now + Session.retention + .seconds(119)) == 1)
            #expect(try await storage.endedSessions.purge(at: now + Session.retention + .seconds(150)) == 1)
            let left = try await storage.write(tenant) { work throws(Failure) in
                try await work.sessions.sessions(of: user.id, at: now, PageRequest())
            }
            #expect(left.items.map(\.id) == [sessions[1].id])
            let gone = try await storage.write(tenant) { work throws(Failure) in
                try await work.sessions.sessionForUpdate(over.id)
            }
            #expect(gone == nil)
        }
    }

    @Test("of two refreshes at once the second sees what the first stored", arguments: StorageAdapter.allCases)
    func sessionLock(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let user = try storage.user(tenant, email: "ann@example.com")
            let session = Session.begin(
                id: storage.ids.next(), for: user, from: .test, lifetimes: TokenLifetimes(), at: storage.clock.now()
            ).0
            try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(user)
                try await work.sessions.add(session)
            }
            let outcomes = try await withThrowingTaskGroup(of: RefreshOutcome?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await storage.write(tenant) { work throws(Failure) in
                            guard var held = try await work.sessions.sessionForUpdate(session.id)?.session else {
                                return nil
                            }
                            let outcome = held.refresh(
                                presenting: 1, lifetimes: TokenLifetimes(), at: storage.clock.now())
                            try await work.sessions.save(held)
                            return outcome
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == .rotated }.count == 1)
            #expect(outcomes.filter { $0 == .repeated }.count == 7)
        }
    }

    @Test("the directory answers exact names with ids and nothing else", arguments: StorageAdapter.allCases)
    func directory(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            var tenants: [TenantID] = []
            for number in 0..<6 {
                let tenant = try storage.tenant("acme-\(number)")
                let user = try storage.user(tenant.id, email: "ann@example.com", username: "ann")
                try await storage.write(tenant.id) { work throws(Failure) in
                    try await work.tenants.add(tenant)
                    try await work.users.add(user)
                }
                tenants.append(tenant.id)
            }
            let directory = storage.directory
            #expect(try await directory.tenant(TenantSlug("acme-3")) == tenants[3])
            #expect(try await directory.tenant(TenantSlug("acme")) == nil)
            let byEmail = try await directory.tenants(of: .email(EmailAddress("Ann@Example.com")), limit: 5)
            #expect(byEmail == Array(tenants[..<5]))
            #expect(try await directory.tenants(of: .username(Username("ANN")), limit: 2) == Array(tenants[..<2]))
            #expect(try await directory.tenants(of: .username(Username("an")), limit: 5).isEmpty)
        }
    }

    @Test(
        "of many signing keys at once one is active; a data key that stands stays", arguments: StorageAdapter.allCases)
    func keys(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await storage.signingKeys.addIfNoneIsActive(
                            StoredSigningKey(
                                keyID: "k\(number)", state: .active, publicKey: [1],
                                wrappedPrivateKey: SealedBytes([2]),
                                createdAt: storage.clock.now(), stateSince: storage.clock.now()))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await storage.signingKeys.all().filter { $0.state == .active }.count == 1)

            let tenant: TenantID = storage.ids.next()
            func key(_ byte: UInt8) -> WrappedDataKey {
                WrappedDataKey(
                    tenant: tenant, purpose: .values, version: 1, kekVersion: 9, wrapped: SealedBytes([byte]),
                    createdAt: storage.clock.now())
            }
            try await storage.dataKeys.addIfAbsent(key(1))
            try await storage.dataKeys.addIfAbsent(key(2))
            #expect(try await storage.dataKeys.keys(of: tenant, for: .values) == [key(1)])
            #expect(try await storage.dataKeys.keys(of: tenant, for: .root).isEmpty)
            #expect(try await storage.dataKeys.samplePerKEK().contains(key(1)))
        }
    }
}
