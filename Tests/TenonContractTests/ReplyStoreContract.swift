import TenonCrypto
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct ReplyStoreContract {
    private static let claim = IdempotencyClaim(
        digest: [UInt8](repeating: 0xA5, count: 32), fingerprint: [UInt8](repeating: 7, count: 32))

    private func reply(_ storage: Storage, life: Duration = KeptReply.lifetime) -> KeptReply {
        KeptReply(
            id: storage.ids.next(), claim: Self.claim, sealed: SealedBytes([1, 0, 255]),
            expiresAt: storage.clock.now() + life)
    }

    private func found(_ storage: Storage, _ tenant: TenantID) async throws -> KeptReply? {
        try await storage.write(tenant) { work throws(Failure) in
            try await work.replies.claim(Self.claim.digest, at: storage.clock.now())
        }
    }

    @Test("what was kept is found by its tenant alone", arguments: StorageAdapter.allCases)
    func keep(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            let reply = reply(storage)
            #expect(try await found(storage, tenant) == nil)
            try await storage.write(tenant) { work throws(Failure) in try await work.replies.keep(reply) }
            #expect(try await found(storage, tenant) == reply)
            #expect(try await found(storage, other) == nil)
        }
    }

    @Test("a transaction that fails keeps nothing and lets go of its claim", arguments: StorageAdapter.allCases)
    func rollback(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let reply = reply(storage)
            let refusal = await failure { () throws(Failure) in
                try await storage.write(tenant) { work throws(Failure) in
                    _ = try await work.replies.claim(Self.claim.digest, at: storage.clock.now())
                    try await work.replies.keep(reply)
                    throw Failure(.configNotFound, "given up")
                }
            }
            #expect(refusal?.code == .configNotFound)
            let left = try await found(storage, tenant)
            #expect(left == nil)
        }
    }

    @Test("of 20 racing claims one goes on; the others fail or find what it kept", arguments: StorageAdapter.allCases)
    func race(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let reply = reply(storage)
                        var outcome = ""
                        let refusal = await failure { () throws(Failure) in
                            outcome = try await storage.write(tenant) { work throws(Failure) in
                                let kept = try await work.replies.claim(Self.claim.digest, at: storage.clock.now())
                                guard kept == nil else { return "found" }
                                try await work.replies.keep(reply)
                                return "kept"
                            }
                        }
                        return refusal?.code.slug ?? outcome
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "kept" } == 1)
            #expect(Set(outcomes).isSubset(of: ["kept", "found", "idempotency_key_in_use"]))
        }
    }

    @Test("what has expired is not found, can be kept anew, and is swept", arguments: StorageAdapter.allCases)
    func expiry(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let first = reply(storage, life: .seconds(10))
            try await storage.write(tenant) { work throws(Failure) in try await work.replies.keep(first) }
            storage.clock.advance(by: .seconds(10))
            #expect(try await found(storage, tenant) == nil)
            let second = reply(storage, life: .seconds(10))
            try await storage.write(tenant) { work throws(Failure) in try await work.replies.keep(second) }
            #expect(try await found(storage, tenant) == second)
            #expect(try await storage.keptReplies.purge(at: storage.clock.now()) == 0)
            storage.clock.advance(by: .seconds(11))
            #expect(try await storage.keptReplies.purge(at: storage.clock.now()) == 1)
        }
    }
}
