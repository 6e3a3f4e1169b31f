import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct APIKeyContract {
    private static func key(
        _ storage: Storage, _ tenant: TenantID, digest: UInt8 = 1, signing: SigningMaterial? = nil
    ) throws -> APIKey {
        let terms = APIKeyTerms(
            name: try DisplayName("Ünïcode & Co."), scopes: [.configsRead, .apiKeysRead],
            networks: try AllowedNetworks(["10.0.0.0/8", "2001:db8::/32"]),
            expiresAt: storage.clock.now() + .seconds(1000), requiresSignature: signing != nil)
        return try APIKey.create(
            id: storage.ids.next(), tenant: tenant, terms: terms,
            credential: credential(storage, digest, signing: signing), by: "usr_x", at: storage.clock.now()
        ).0
    }

    private static func credential(
        _ storage: Storage, _ digest: UInt8, signing: SigningMaterial? = nil
    ) -> APIKeyCredential {
        APIKeyCredential(
            id: storage.ids.next(), publicPart: "tnk_abcdefgh", digest: [UInt8](repeating: digest, count: 32),
            signing: signing, createdAt: storage.clock.now())
    }

    @Test("what is added is found, field by field, alone and in the list", arguments: StorageAdapter.allCases)
    func addAndFind(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let plain = try Self.key(storage, tenant)
            let shared = try Self.key(storage, tenant, digest: 2, signing: .hmacSHA256(SealedBytes([1, 2, 3])))
            let open = try Self.key(
                storage, tenant, digest: 3, signing: .ed25519([UInt8](repeating: 7, count: 32)))
            for key in [plain, shared, open] {
                try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(key) }
            }
            let reads = storage.transactions.reads(in: tenant).apiKeys
            for key in [plain, shared, open] { #expect(try await reads.key(key.id) == key) }
            #expect(try await reads.keys(PageRequest()).items == [plain, shared, open])
        }
    }

    @Test(
        "a rotation stores both secrets, the newest first, and takes the oldest away",
        arguments: StorageAdapter.allCases)
    func rotation(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let first = try Self.key(storage, tenant)
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(first) }
            var standing = first
            for digest: UInt8 in [2, 3] {
                standing = try await storage.write(tenant) { work throws(Failure) in
                    let key = try await work.apiKeys.keyForUpdate(first.id)
                    let rotated = try key.rotated(
                        to: Self.credential(storage, digest), overlap: .seconds(60), at: storage.clock.now()
                    ).0
                    try await work.apiKeys.save(rotated)
                    return rotated
                }
                storage.clock.advance(by: .seconds(60))
            }
            #expect(try await storage.transactions.reads(in: tenant).apiKeys.key(first.id) == standing)
            #expect(standing.credentials.map { $0.digest[0] } == [3, 2])
            let directory = storage.directory
            for (digest, isThere) in [(UInt8(1), false), (2, true), (3, true)] {
                // What stands in a tenant's own database is only a candidate to the directory.
                if adapter == .databasePerTenant, !isThere { continue }
                let found = try await directory.key(withSecret: [UInt8](repeating: digest, count: 32))
                #expect(found == (isThere ? APIKeyReference(tenant: tenant, key: first.id) : nil))
            }
        }
    }

    /// Moves the end of the key.
    private static func change(
        _ id: APIKeyID, _ number: Int, in storage: Storage, _ tenant: TenantID
    ) async throws(Failure) {
        let now = storage.clock.now()
        try await storage.write(tenant) { work throws(Failure) in
            let standing = try await work.apiKeys.keyForUpdate(id)
            var terms = standing.terms
            terms.expiresAt = now + .seconds(2000 + number)
            guard let (changed, _) = try standing.changed(to: terms, at: now) else { return }
            try await work.apiKeys.save(changed)
        }
    }

    @Test("of racing changes each sees what the one before stored", arguments: StorageAdapter.allCases)
    func racing(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let key = try Self.key(storage, tenant)
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(key) }
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { try? await Self.change(key.id, number, in: storage, tenant) }
                }
            }
            #expect(try await storage.transactions.reads(in: tenant).apiKeys.key(key.id).version == 21)
        }
    }

    @Test("another tenant finds and changes nothing", arguments: StorageAdapter.allCases)
    func isolation(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let stranger: TenantID = storage.ids.next()
            let key = try Self.key(storage, tenant)
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(key) }
            let reads = storage.transactions.reads(in: stranger).apiKeys
            let missing = await failure { () throws(Failure) in _ = try await reads.key(key.id) }
            #expect(missing?.code == .apiKeyNotFound)
            #expect(try await reads.keys(PageRequest()).items.isEmpty)
            try await storage.write(stranger) { work throws(Failure) in
                try await work.apiKeys.remove(key)
                try await work.apiKeys.note(APIKeyUse(at: storage.clock.now(), address: "::1"), of: key.id)
            }
            let added = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in try await work.apiKeys.add(key) }
            }
            #expect(added?.code == .internalError)
            let saved = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in try await work.apiKeys.save(key) }
            }
            #expect(saved?.code == .internalError)
            let held = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in
                    _ = try await work.apiKeys.keyForUpdate(key.id)
                }
            }
            #expect(held?.code == .apiKeyNotFound)
            #expect(try await storage.transactions.reads(in: tenant).apiKeys.key(key.id) == key)
        }
    }

    @Test("a removed key is found nowhere", arguments: StorageAdapter.allCases)
    func removal(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let key = try Self.key(storage, tenant)
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(key) }
            #expect(try await storage.directory.tenant(of: key.id) == tenant)
            try await storage.write(tenant) { work throws(Failure) in
                try await work.apiKeys.remove(try await work.apiKeys.keyForUpdate(key.id))
            }
            let missing = await failure { () throws(Failure) in
                _ = try await storage.transactions.reads(in: tenant).apiKeys.key(key.id)
            }
            #expect(missing?.code == .apiKeyNotFound)
            #expect(try await storage.directory.tenant(of: key.id) == nil)
            #expect(try await storage.directory.key(withSecret: key.credentials[0].digest) == nil)
        }
    }

    @Test("pages have neither gaps nor repeats, and numbered ones count", arguments: StorageAdapter.allCases)
    func paging(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            var all: [APIKeyID] = []
            for number in 0..<7 {
                var key = try Self.key(storage, tenant, digest: UInt8(10 + number))
                if number == 3 {
                    key = try key.rotated(
                        to: Self.credential(storage, 99), overlap: .seconds(9), at: storage.clock.now()
                    ).0
                }
                let added = key
                try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(added) }
                all.append(key.id)
            }
            let reads = storage.transactions.reads(in: tenant).apiKeys
            var seen: [APIKeyID] = []
            var start = PageRequest.Start.first
            while true {
                let page = try await reads.keys(PageRequest(start, limit: 3))
                seen += page.items.map(\.id)
                guard let next = page.next else { break }
                start = .after(next)
            }
            #expect(seen == all)
            let second = try await reads.keys(PageRequest(.page(2), limit: 3))
            #expect(second.items.map(\.id) == Array(all[3..<6]))
            #expect(second.items[0].credentials.count == 2)
            #expect(second.total == 7)
        }
    }

    @Test("a use is written down at most once a minute, and is no change", arguments: StorageAdapter.allCases)
    func uses(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let key = try Self.key(storage, tenant)
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(key) }
            let start = storage.clock.now()
            for (offset, address, expected) in [(0, "::1", 0), (60, "::2", 0), (61, nil, 61)] {
                try await storage.write(tenant) { work throws(Failure) in
                    try await work.apiKeys.note(
                        APIKeyUse(at: start + .seconds(offset), address: address), of: key.id)
                }
                let found = try await storage.transactions.reads(in: tenant).apiKeys.key(key.id)
                #expect(
                    found.lastUse == APIKeyUse(at: start + .seconds(expected), address: expected == 0 ? "::1" : nil))
                #expect(found.version == 1)
            }
            try await storage.write(tenant) { work throws(Failure) in
                let standing = try await work.apiKeys.keyForUpdate(key.id)
                #expect(standing.lastUse != nil)
                var terms = key.terms
                terms.status = .disabled
                // As it was read before the use.
                guard let (changed, _) = try key.changed(to: terms, at: start) else { return }
                try await work.apiKeys.save(changed)
            }
            #expect(try await storage.transactions.reads(in: tenant).apiKeys.key(key.id).lastUse != nil)
        }
    }

    @Test("of many that remember one signature at once, one is the first", arguments: StorageAdapter.allCases)
    func signatures(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let seen = storage.seenSignatures
            let digest = [UInt8](repeating: 5, count: 32)
            let until = storage.clock.now() + .seconds(60)
            let answers = await withTaskGroup(of: Bool?.self) { group in
                for _ in 0..<20 {
                    group.addTask { try? await seen.remember(digest, of: tenant, until: until) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 == true } == 1)
            #expect(answers.count { $0 == false } == 19)
            let other = [UInt8](repeating: 6, count: 32)
            let elsewhere = try await seen.remember(digest, of: storage.ids.next(), until: until)
            #expect(elsewhere)
            let later = try await seen.remember(other, of: tenant, until: until + .seconds(1))
            #expect(later)
            #expect(try await seen.purge(at: until - .seconds(1)) == 0)
            #expect(try await seen.purge(at: until) == 2)
            let again = try await seen.remember(digest, of: tenant, until: until)
            #expect(again)
            let replayed = try await seen.remember(other, of: tenant, until: until)
            #expect(!replayed)
        }
    }

    @Test(
        "a change puts nothing back that was sealed anew since it was read",
        arguments: [StorageAdapter.postgresql, .databasePerTenant])
    func changeWhileResealing(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let old = SealedBytes([1, 0, 0, 0, 1, 7])
            let new = SealedBytes([1, 0, 0, 0, 2, 9])
            let key = try Self.key(storage, tenant, signing: .hmacSHA256(old))
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(key) }
            let cells = try await storage.sealedCells.cells(
                of: tenant, in: .apiKeyCredentials, olderThan: 2, after: nil, limit: 1)
            let second = Self.credential(storage, 2, signing: .hmacSHA256(new))
            let changed = try await storage.write(tenant) { work throws(Failure) in
                let read = try await work.apiKeys.keyForUpdate(key.id)
                _ = try await storage.sealedCells.replace([(cells[0], new)], of: tenant, in: .apiKeyCredentials)
                var terms = read.terms
                terms.name = try! DisplayName("renamed")
                let renamed = try read.changed(to: terms, at: storage.clock.now())?.0 ?? read
                try await work.apiKeys.save(renamed)
                return renamed
            }
            let reads = storage.transactions.reads(in: tenant).apiKeys
            #expect(changed.credentials.map { $0.signing?.sealedSecret } == [old])
            #expect(try await reads.key(key.id).credentials.map { $0.signing?.sealedSecret } == [new])
            // The one before the newest gets an end, and keeps the secret that stands.
            let rotated = try changed.rotated(to: second, overlap: .seconds(60), at: storage.clock.now()).0
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.save(rotated) }
            let stored = try await reads.key(key.id)
            #expect(stored.credentials.map(\.endsAt) == [nil, storage.clock.now() + .seconds(60)])
            #expect(stored.credentials.map { $0.signing?.sealedSecret } == [new, new])
        }
    }

    @Test(
        "shared secrets are sealed anew in their places, and a data key goes when none needs it",
        arguments: StorageAdapter.allCases)
    func sealedSecrets(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            for version: Int32 in 1...2 {
                try await storage.dataKeys.addIfAbsent(
                    WrappedDataKey(
                        tenant: tenant, purpose: .values, version: version, kekVersion: 1, wrapped: SealedBytes([1]),
                        createdAt: storage.clock.now()))
            }
            let old = SealedBytes([1, 0, 0, 0, 1, 7])
            let key = try Self.key(storage, tenant, signing: .hmacSHA256(old))
            try await storage.write(tenant) { work throws(Failure) in try await work.apiKeys.add(key) }
            let cells = storage.sealedCells
            func removed() async throws -> Int {
                try await storage.dataKeyRotation.removeUnused(
                    of: tenant, olderThan: 2, as: storage.caller(.platform)
                ) { _ in DomainEvent(.dataKeysRemoved, on: .tenant(tenant)) }.count
            }
            #expect(try await removed() == 0)
            let page = try await cells.cells(
                of: tenant, in: .apiKeyCredentials, olderThan: 2, after: nil, limit: 5)
            #expect(page.map(\.sealed) == [old])
            #expect(page.map(\.place) == [APIKeyCredential.place(of: key.credentials[0].id, in: tenant)])
            #expect(try await cells.count(of: storage.ids.next(), olderThan: 2) == 0)
            let new = SealedBytes([1, 0, 0, 0, 2, 8])
            let changes = page.map { (cell: $0, new: new) }
            #expect(try await cells.replace(changes, of: storage.ids.next(), in: .apiKeyCredentials) == 0)
            #expect(try await cells.replace(changes, of: tenant, in: .apiKeyCredentials) == 1)
            #expect(try await cells.replace(changes, of: tenant, in: .apiKeyCredentials) == 0)
            let found = try await storage.transactions.reads(in: tenant).apiKeys.key(key.id)
            #expect(found.credentials[0].signing == .hmacSHA256(new))
            #expect(try await removed() == 1)
        }
    }
}
