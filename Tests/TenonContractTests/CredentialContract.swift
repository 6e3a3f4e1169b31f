import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct CredentialContract {
    @Test("users are listed by status and role, without gaps or repeats", arguments: StorageAdapter.allCases)
    func list(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            for number in 1...7 {
                var user = try storage.user(tenant, email: "user\(number)@example.com")
                if number.isMultiple(of: 2) {
                    user = user.changed(by: UserPatch(roles: [.viewer], status: .suspended), at: storage.clock.now())!.0
                }
                let added = user
                try await storage.write(tenant) { work throws(Failure) in try await work.users.add(added) }
            }
            let users = storage.transactions.reads(in: tenant).users
            var found: [UserID] = []
            var page = PageRequest(limit: 2)
            while true {
                let part = try await users.users(page, matching: UserFilter())
                found += part.items.map(\.id)
                guard let next = part.next else { break }
                page = PageRequest(.after(next), limit: 2)
            }
            #expect(found.count == 7 && found == found.sorted() && Set(found).count == 7)
            let numbered = try await users.users(
                PageRequest(.page(2), limit: 2), matching: UserFilter(status: .active, role: .owner))
            #expect(numbered.items.count == 2 && numbered.total == 4)
            #expect(try await users.users(PageRequest(), matching: UserFilter(status: .suspended)).items.count == 3)
            let strange = storage.transactions.reads(in: storage.ids.next()).users
            #expect(try await strange.users(PageRequest(), matching: UserFilter()).items.isEmpty)
        }
    }

    @Test(
        "a stale user is not stored, a taken name neither; a removed one takes its sessions along",
        arguments: StorageAdapter.allCases)
    func save(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let ann = try storage.user(tenant, email: "ann@example.com", username: "ann")
            let bob = try storage.user(tenant, email: "bob@example.com")
            let session = Session.begin(
                id: storage.ids.next(), for: ann, from: .test, lifetimes: TokenLifetimes(), at: storage.clock.now()
            ).0
            try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(ann)
                try await work.users.add(bob)
                try await work.sessions.add(session)
            }
            let patch = UserPatch(
                username: .removed, name: PersonName.Patch(full: .set(try DisplayName("Ann")), last: .absent),
                roles: [try Role("auditor")])
            let (changed, _) = try #require(ann.changed(by: patch, at: storage.clock.now()))
            try await storage.write(tenant) { work throws(Failure) in try await work.users.save(changed) }
            let users = storage.transactions.reads(in: tenant).users
            #expect(try await users.user(ann.id) == changed)
            let stale = await failure { () throws(Failure) in
                try await storage.write(tenant) { work throws(Failure) in try await work.users.save(changed) }
            }
            #expect(stale?.code == .tooMuchContention)
            let (taken, _) = try #require(
                bob.changed(by: UserPatch(email: try EmailAddress("ANN@example.com")), at: storage.clock.now()))
            let refused = await failure { () throws(Failure) in
                try await storage.write(tenant) { work throws(Failure) in try await work.users.save(taken) }
            }
            #expect(refused?.code == .emailTaken)
            let owners = try await storage.write(tenant) { work throws(Failure) in
                try await work.users.ownersForUpdate()
            }
            #expect(owners == [bob.id])
            let stranger: TenantID = storage.ids.next()
            try await storage.write(stranger) { work throws(Failure) in try await work.users.remove(ann.id) }
            #expect(try await users.user(ann.id) != nil)
            try await storage.write(tenant) { work throws(Failure) in try await work.users.remove(ann.id) }
            #expect(try await users.user(ann.id) == nil)
            let left = try await storage.write(tenant) { work throws(Failure) in
                try await work.sessions.sessionForUpdate(session.id)?.session
            }
            #expect(left == nil)
        }
    }

    @Test(
        "of those who take a reset at once one gets it; a newer one takes its place", arguments: StorageAdapter.allCases
    )
    func resets(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let ann = try storage.user(tenant, email: "ann@example.com")
            let resets = (1...2).map { byte in
                PasswordReset(
                    tenant: tenant, user: ann.id, digest: [UInt8](repeating: byte, count: 32),
                    expiresAt: storage.clock.now())
            }
            try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(ann)
                for reset in resets { try await work.passwordResets.put(reset) }
            }
            let foreign = try await storage.write(storage.ids.next()) { work throws(Failure) in
                try await work.passwordResets.take(of: ann.id, digest: resets[1].digest)
            }
            #expect(foreign == nil)
            let taken = await withTaskGroup(of: PasswordReset?.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        (try? await storage.write(tenant) { work throws(Failure) in
                            try await work.passwordResets.take(of: ann.id, digest: resets[1].digest)
                        }) ?? nil
                    }
                }
                return await group.reduce(into: [PasswordReset]()) { if let reset = $1 { $0.append(reset) } }
            }
            #expect(taken == [resets[1]])
        }
    }

    @Test("resets go when they are over, and with their user", arguments: StorageAdapter.allCases)
    func resetsOver(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let now = storage.clock.now()
            let users = try ["ann", "bob"].map { try storage.user(tenant, email: "\($0)@example.com") }
            let resets = users.flatMap { user in
                (1...2).map { number in
                    PasswordReset(
                        tenant: tenant, user: user.id, digest: [UInt8](repeating: UInt8(number), count: 32),
                        expiresAt: now + .seconds(10 * number))
                }
            }
            try await storage.write(tenant) { work throws(Failure) in
                for user in users { try await work.users.add(user) }
                for reset in resets { try await work.passwordResets.put(reset) }
            }
            #expect(try await storage.passwordResets.purge(at: now + .seconds(9)) == 0)
            #expect(try await storage.passwordResets.purge(at: now + .seconds(10)) == 2)
            try await storage.write(tenant) { work throws(Failure) in try await work.users.remove(users[0].id) }
            let reads = storage.transactions.reads(in: tenant).passwordResets
            #expect(try await reads.reset(of: users[0].id, digest: resets[1].digest) == nil)
            #expect(try await reads.reset(of: users[1].id, digest: resets[3].digest) == resets[3])
            #expect(try await storage.passwordResets.purge(at: now + .seconds(20)) == 1)
        }
    }

    @Test(
        "of attempts that race no more pass than the policy lets; success forgets", arguments: StorageAdapter.allCases)
    func attempts(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let now = storage.clock.now()
            let keys = [
                AttemptKey(digest: [1], policy: AttemptPolicy(free: 3, longest: .seconds(60))),
                AttemptKey(digest: [2], policy: AttemptPolicy(free: 100, longest: .seconds(60))),
            ]
            let passed = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask { (try? await storage.signInAttempts.begin(keys, at: now)) == .some(nil) }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(passed == 4, "three are free, and the fourth is what the first wait follows")
            #expect(try await storage.signInAttempts.begin(keys, at: now) == now + .seconds(1))
            #expect(try await storage.signInAttempts.begin([keys[1]], at: now) == nil, "counted 5 of 100")
            #expect(try await storage.signInAttempts.begin(keys, at: now + .seconds(1)) == nil)
            #expect(try await storage.signInAttempts.begin(keys, at: now + .seconds(1)) == now + .seconds(3))
            try await storage.signInAttempts.succeeded(
                forgotten: [keys[0]], lessened: [keys[1]], exemption: nil, at: now)
            #expect(try await storage.signInAttempts.begin(keys, at: now + .seconds(1)) == nil)
            #expect(try await storage.signInAttempts.purge(at: now + .seconds(10)) == 0)
            #expect(try await storage.signInAttempts.purge(at: now + .seconds(4000)) == 2)
        }
    }

    @Test(
        "who was right is exempt from the keys that say so, for a month and no longer",
        arguments: StorageAdapter.allCases)
    func exemption(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (attempts, now) = (storage.signInAttempts, storage.clock.now())
            func key(_ digest: UInt8, exemption: [UInt8]?) -> AttemptKey {
                AttemptKey(
                    digest: [digest], policy: AttemptPolicy(free: 0, longest: .seconds(60)), exemption: exemption)
            }
            try await attempts.succeeded(forgotten: [], lessened: [], exemption: [7], at: now)
            #expect(try await attempts.begin([key(1, exemption: [8]), key(2, exemption: nil)], at: now) == nil)
            #expect(try await attempts.begin([key(1, exemption: [8])], at: now) == now + .seconds(1))
            #expect(try await attempts.begin([key(1, exemption: nil)], at: now) == now + .seconds(1))
            #expect(try await attempts.begin([key(1, exemption: [7])], at: now) == nil)
            #expect(
                try await attempts.begin([key(3, exemption: nil), key(1, exemption: [7])], at: now) == nil)
            #expect(
                try await attempts.begin([key(3, exemption: nil), key(1, exemption: [7])], at: now) == now
                    + .seconds(1),
                "its other keys hold up all the same")
            let later = now + AttemptPolicy.trust
            try await attempts.succeeded(forgotten: [], lessened: [], exemption: [9], at: later)
            #expect(try await attempts.begin([key(4, exemption: nil)], at: later) == nil)
            #expect(try await attempts.begin([key(4, exemption: [7])], at: later) == nil)
            let month = later + .seconds(1)
            #expect(try await attempts.begin([key(4, exemption: nil)], at: month) == nil)
            #expect(try await attempts.begin([key(4, exemption: [7])], at: month) == month + .seconds(2))
            #expect(try await attempts.begin([key(4, exemption: [9])], at: month) == nil)
            #expect(try await attempts.purge(at: month) == 4, "three counts of a month ago, and who was right then")
            #expect(try await attempts.begin([key(4, exemption: [9])], at: month) == nil)
        }
    }
}

/// What other processes learn: only PostgreSQL has any.
@Suite struct AccessFeedTests {
    @Test("a change of access is told to the observer with the commit, found by others, and forgotten by age")
    func feed() async throws {
        try await Storage.with(.postgresql) { storage in
            let tenant: TenantID = storage.ids.next()
            let user: UserID = storage.ids.next()
            let heard = storage.accessFeed.news()
            try await storage.write(tenant) { work throws(Failure) in work.accessChanged(.user(user), epoch: 7) }
            _ = await failure { () throws(Failure) in
                try await storage.write(tenant) { work throws(Failure) in
                    work.accessChanged(.tenant(tenant))
                    throw Failure(.userNotFound, "It is rolled back.")
                }
            }
            let found = try await storage.accessFeed.changes(within: .seconds(60))
            #expect(found.map(\.subject) == [.user(user)] && found.first?.epoch == 7)
            #expect(storage.accessChanges.all == found)
            var news = heard.makeAsyncIterator()
            // What was sent before the listener stood is not heard: another change comes behind it.
            try await storage.write(tenant) { work throws(Failure) in work.accessChanged(.tenant(tenant)) }
            let told = await news.next()
            #expect(told.map { $0 == found[0] || $0.subject == .tenant(tenant) } == true)
            let over = SystemClock().now() + AccessChange.retention
            #expect(try await storage.accessFeed.purge(at: over - .seconds(60)) == 0)
            #expect(try await storage.accessFeed.purge(at: over + .seconds(1)) == 2)
            #expect(try await storage.accessFeed.changes(within: .seconds(60)).isEmpty)
        }
    }
}
