import TenonDomain
import TestSupport
import Testing

@Suite struct SessionLookupContract {
    @Test("a session is found by its id within its tenant, ended or not", arguments: StorageAdapter.allCases)
    func found(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let ann = try storage.user(tenant, email: "ann@example.com")
            let session = Session.begin(
                id: storage.ids.next(), for: ann, from: .test, lifetimes: TokenLifetimes(), at: storage.clock.now()
            ).0
            try await storage.write(tenant) { work throws(Failure) in
                try await work.users.add(ann)
                try await work.sessions.add(session)
            }
            let sessions = storage.transactions.reads(in: tenant).sessions
            #expect(try await sessions.session(session.id) == session)
            #expect(try await sessions.session(storage.ids.next()) == nil)
            #expect(try await storage.transactions.reads(in: storage.ids.next()).sessions.session(session.id) == nil)
            let now = storage.clock.now()
            try await storage.write(tenant) { work throws(Failure) in
                _ = try await work.sessions.endAll(of: ann.id, but: nil, at: now)
            }
            #expect(try await sessions.session(session.id)?.endedAt == now)
        }
    }
}
