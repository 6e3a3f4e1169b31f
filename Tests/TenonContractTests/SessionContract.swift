import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct SessionContract {
    private func session(
        _ storage: Storage, _ user: User, idle: Duration = .seconds(14 * 86_400)
    ) -> Session {
        Session.begin(
            id: storage.ids.next(), for: user, from: .test, lifetimes: TokenLifetimes(refreshIdle: idle),
            at: storage.clock.now()
        ).0
    }

    private func stored(_ storage: Storage, _ session: Session) async throws -> Session? {
        try await storage.write(session.tenant) { work throws(Failure) in
            try await work.sessions.sessionForUpdate(session.id)?.session
        }
    }

    @Test("a user's live sessions are listed newest first, without gaps or repeats", arguments: StorageAdapter.allCases)
    func list(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let ann = try storage.user(tenant, email: "ann@example.com")
            let now = storage.clock.now()
            let sessions = (0..<5).map { _ in session(storage, ann) }
            try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(ann)
                for session in sessions { try await work.sessions.add(session) }
            }
            let reads = storage.transactions.reads(in: tenant).sessions
            #expect(try await reads.sessions(of: ann.id, at: now, PageRequest()).items == sessions.reversed())
            var found: [SessionID] = []
            var page = PageRequest(limit: 2)
            while true {
                let part = try await reads.sessions(of: ann.id, at: now, page)
                found += part.items.map(\.id)
                guard let next = part.next else { break }
                page = PageRequest(.after(next), limit: 2)
            }
            #expect(found == sessions.map(\.id).reversed())
            let numbered = try await reads.sessions(of: ann.id, at: now, PageRequest(.page(3), limit: 2))
            #expect(numbered.items == [sessions[0]] && numbered.total == 5)
            let late = now + .seconds(15 * 86_400)
            #expect(try await reads.sessions(of: ann.id, at: late, PageRequest()).items.isEmpty)
            let strange = storage.transactions.reads(in: storage.ids.next()).sessions
            #expect(try await strange.sessions(of: ann.id, at: now, PageRequest()).items.isEmpty)
        }
    }

    @Test(
        "all but one end, but for what ran out by itself and what is another tenant's",
        arguments: StorageAdapter.allCases)
    func endAll(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let ann = try storage.user(tenant, email: "ann@example.com")
            let sessions = (0..<3).map { _ in session(storage, ann) }
            let past = session(storage, ann, idle: .seconds(5))
            try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(ann)
                for session in sessions + [past] { try await work.sessions.add(session) }
            }
            let now = storage.clock.now() + .seconds(5)
            let stranger: TenantID = storage.ids.next()
            let foreign = try await storage.write(stranger) { work throws(Failure) in
                try await work.sessions.endAll(of: ann.id, but: nil, at: now)
            }
            #expect(foreign.isEmpty)
            let ended = try await storage.write(tenant) { work throws(Failure) in
                try await work.sessions.endAll(of: ann.id, but: sessions[1].id, at: now)
            }
            #expect(Set(ended) == [sessions[0].id, sessions[2].id])
            let reads = storage.transactions.reads(in: tenant).sessions
            #expect(try await reads.sessions(of: ann.id, at: now, PageRequest()).items.map(\.id) == [sessions[1].id])
            #expect(try await stored(storage, past)?.endedAt == nil)
        }
    }

    @Test("of a user's sessions the newest thousand stay, and nobody else's end", arguments: StorageAdapter.allCases)
    func bound(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let ann = try storage.user(tenant, email: "ann@example.com")
            let bob = try storage.user(tenant, email: "bob@example.com")
            let now = storage.clock.now()
            let other = session(storage, bob)
            let sessions = (0..<Session.maxCount + 2).map { _ in session(storage, ann) }
            let trimmed = try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(ann)
                try await work.users.add(bob)
                var trimmed = try await work.sessions.add(other)
                for session in sessions { trimmed += try await work.sessions.add(session) }
                return trimmed
            }
            #expect(trimmed == sessions.prefix(2).map(\.id))
            for (place, old) in sessions.prefix(4).enumerated() {
                #expect(try await stored(storage, old)?.endedAt == (place < 2 ? now : nil))
            }
            #expect(try await stored(storage, other)?.endedAt == nil)
            let reads = storage.transactions.reads(in: tenant).sessions
            #expect(try await reads.sessions(of: ann.id, at: now, PageRequest(.page(1))).total == Session.maxCount)
            let ended = try await storage.write(tenant) { work throws(Failure) in
                try await work.sessions.endAll(of: ann.id, but: nil, at: now)
            }
            #expect(ended.count == Session.maxCount)
        }
    }
}
