import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct KeyRotationContract {
    private func key(
        _ storage: Storage, _ tenant: TenantID, version: Int32 = 1, kek: Int32 = 1, _ byte: UInt8 = 1
    ) -> WrappedDataKey {
        WrappedDataKey(
            tenant: tenant, purpose: .values, version: version, kekVersion: kek, wrapped: SealedBytes([byte]),
            createdAt: storage.clock.now())
    }

    private func signingKey(_ storage: Storage, _ id: String, _ state: StoredSigningKey.State) -> StoredSigningKey {
        StoredSigningKey(
            keyID: id, state: state, publicKey: [1], wrappedPrivateKey: SealedBytes([2]),
            createdAt: storage.clock.now(), stateSince: storage.clock.now())
    }

    private func sealed(_ version: UInt8, _ content: UInt8 = 0) -> SealedBytes {
        SealedBytes([1, 0, 0, 0, version, content])
    }

    private func operatorCaller(_ storage: Storage) -> Caller { storage.caller(.platform) }

    /// Stores values under version 1 of the key, one answer, one shared secret and one of a connection.
    private func cells(_ storage: Storage, _ tenant: TenantID, values: Int) async throws {
        let namespace = try storage.namespace(tenant, "production")
        let reply = KeptReply(
            id: storage.ids.next(),
            claim: IdempotencyClaim(
                digest: tenant.bytes + tenant.bytes, fingerprint: [UInt8](repeating: 7, count: 32)),
            sealed: sealed(1), expiresAt: storage.clock.now() + .seconds(60))
        let credential = APIKeyCredential(
            id: storage.ids.next(), publicPart: "tnk_", digest: tenant.bytes, signing: .hmacSHA256(sealed(1)),
            createdAt: storage.clock.now())
        let apiKey = try APIKey.create(
            id: storage.ids.next(), tenant: tenant,
            terms: APIKeyTerms(name: try DisplayName("service"), scopes: [.configsRead]), credential: credential,
            by: "system:contract", at: storage.clock.now()
        ).0
        let connection = try storage.connection(tenant, "company", secret: sealed(1))
        try await storage.write(tenant) { work throws(Failure) in
            try await work.sso.add(connection)
            try await work.configuration.add(namespace)
            try await work.replies.keep(reply)
            try await work.apiKeys.add(apiKey)
        }
        let draft = try ConfigDraft(value: "x", type: .string)
        let gone = try ConfigKey("gone")
        try await storage.revise(namespace) { revision, _ throws(Failure) in
            for number in 0..<values {
                _ = revision.set(
                    try! ConfigKey("key_\(number)"), draft, sealed: sealed(1, UInt8(number)), as: .created, before: nil,
                    id: storage.ids.next(), version: storage.ids.next(), references: [], comment: nil,
                    by: "system:contract")
            }
        }
        // A deletion has no value and is passed over.
        try await storage.revise(namespace) { revision, _ throws(Failure) in
            _ = revision.set(
                gone, draft, sealed: SealedBytes([1, 0, 0, 99, 0, 0]), as: .created, before: nil,
                id: storage.ids.next(),
                version: storage.ids.next(), references: [], comment: nil, by: "system:contract")
        }
        try await storage.delete(namespace, gone.text)
    }

    /// All older cells of the table, by pages.
    private func older(
        _ storage: Storage, _ tenant: TenantID, _ table: SealedTable, than version: Int32, limit: Int
    ) async throws -> [SealedCell] {
        var all: [SealedCell] = []
        while true {
            let page = try await storage.sealedCells.cells(
                of: tenant, in: table, olderThan: version, after: all.last, limit: limit)
            guard !page.isEmpty else { return all }
            #expect(page.count <= limit)
            all += page
        }
    }

    @Test(
        "keys under an older KEK are counted, found, and replaced only as they were read",
        arguments: StorageAdapter.allCases)
    func rewrap(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenants: [TenantID] = (0..<3).map { _ in storage.ids.next() }
            for tenant in tenants { try await storage.dataKeys.addIfAbsent(key(storage, tenant, kek: 3)) }
            let rotation = storage.dataKeyRotation
            #expect(try await rotation.countPerKEK()[3] == 3)
            let found = try await rotation.keys(underKEKOlderThan: 4, limit: 2)
            #expect(found.count == 2)
            let all = try await rotation.keys(underKEKOlderThan: 4, limit: 99).filter { $0.kekVersion == 3 }
            #expect(Set(all.map(\.tenant)) == Set(tenants))
            let changes = all.map { (old: $0, new: key(storage, $0.tenant, kek: 4, 9)) }
            #expect(try await rotation.replace(Array(changes.prefix(1))) == 1)
            // The first one is another by now.
            #expect(try await rotation.replace(changes) == 2)
            #expect(try await rotation.countPerKEK()[3] == nil)
            #expect(try await rotation.countPerKEK()[4] == 3)
            for tenant in tenants {
                #expect(try await storage.dataKeys.keys(of: tenant, for: .values) == [key(storage, tenant, kek: 4, 9)])
            }
        }
    }

    @Test(
        "of racing successors one is added, and none where the version before is gone",
        arguments: StorageAdapter.allCases)
    func successor(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            try await storage.dataKeys.addIfAbsent(key(storage, tenant))
            let event = DomainEvent(.dataKeyAdded, on: .tenant(tenant))
            let added = await withTaskGroup(of: Bool?.self) { group in
                for byte in 0..<10 {
                    group.addTask {
                        try? await storage.dataKeyRotation.add(
                            key(storage, tenant, version: 2, UInt8(byte)), recording: event, as: operatorCaller(storage)
                        )
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(added.count { $0 == true } == 1)
            #expect(added.count { $0 == false } == 9)
            #expect(try await storage.auditedActions() == ["keys.data_key_added"])
            let skipped = try await storage.dataKeyRotation.add(
                key(storage, tenant, version: 4), recording: event, as: operatorCaller(storage))
            #expect(!skipped)
            let (between, total) = try await storage.dataKeyRotation.tenantsBetweenVersions(limit: 5)
            #expect(between == [tenant])
            #expect(total == 1)
            #expect(try await storage.dataKeyRotation.tenantsBetweenVersions(limit: 0).tenants == [])
        }
    }

    @Test(
        "destroying takes every key of the tenant and no other's, and no successor follows",
        arguments: StorageAdapter.allCases)
    func destroy(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            let event = DomainEvent(.dataKeysDestroyed, on: .tenant(tenant))
            for version: Int32 in 1...2 {
                try await storage.dataKeys.addIfAbsent(key(storage, tenant, version: version))
                try await storage.dataKeys.addIfAbsent(key(storage, other, version: version))
            }
            let rotation = storage.dataKeyRotation
            let kept = await failure { () throws(Failure) in
                try await rotation.destroy(of: tenant, as: operatorCaller(storage)) { _ throws(Failure) in
                    throw Failure.bug("no receipt")
                }
            }
            #expect(kept?.code == .internalError)
            #expect(try await storage.dataKeys.keys(of: tenant, for: .values).count == 2)
            #expect(try await storage.auditedActions() == [])

            let destroyed = try await rotation.destroy(of: tenant, as: operatorCaller(storage)) { _ in event }
            #expect(destroyed == [key(storage, tenant, version: 1), key(storage, tenant, version: 2)])
            #expect(try await storage.dataKeys.keys(of: tenant, for: .values).isEmpty)
            #expect(try await storage.dataKeys.keys(of: other, for: .values).count == 2)
            #expect(try await storage.auditedActions() == ["keys.data_keys_destroyed"])
            #expect(try await rotation.destroy(of: tenant, as: operatorCaller(storage)) { _ in event } == [])
            #expect(try await storage.auditedActions().count == 1)
            let revived = try await rotation.add(
                key(storage, tenant, version: 3), recording: event, as: operatorCaller(storage))
            #expect(!revived)
        }
    }

    @Test(
        "older cells come in pages without gaps or repeats, of their tenant alone", arguments: StorageAdapter.allCases)
    func pages(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            try await cells(storage, tenant, values: 7)
            try await cells(storage, other, values: 1)
            #expect(try await storage.sealedCells.count(of: tenant, olderThan: 2) == 10)
            #expect(try await storage.sealedCells.count(of: tenant, olderThan: 1) == 0)
            #expect(try await storage.sealedCells.count(of: other, olderThan: 300) == 4)
            for limit in [1, 3, 7, 100] {
                let values = try await older(storage, tenant, .configVersions, than: 2, limit: limit)
                #expect(Set(values.map(\.sealed.bytes)) == Set((0..<7).map { sealed(1, $0).bytes }))
                #expect(values.count == 7)
                #expect(values.allSatisfy { $0.place.tenant == tenant && $0.place.table == "config_versions" })
                for table in [SealedTable.keptReplies, .apiKeyCredentials] {
                    #expect(try await older(storage, tenant, table, than: 2, limit: limit).count == 1)
                }
            }
            #expect(try await older(storage, tenant, .configVersions, than: 1, limit: 5).isEmpty)
        }
    }

    @Test("a cell is replaced only as it was read, and only at its tenant", arguments: StorageAdapter.allCases)
    func reseal(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            try await cells(storage, tenant, values: 3)
            try await cells(storage, other, values: 1)
            for table in SealedTable.allCases {
                let read = try await older(storage, tenant, table, than: 2, limit: 10)
                let changes = read.map { (cell: $0, new: sealed(2, $0.sealed.bytes[5])) }
                #expect(try await storage.sealedCells.replace(changes, of: other, in: table) == 0)
                #expect(try await storage.sealedCells.replace(Array(changes.prefix(1)), of: tenant, in: table) == 1)
                let rest = try await storage.sealedCells.replace(changes, of: tenant, in: table)
                #expect(rest == read.count - 1)
                #expect(try await older(storage, tenant, table, than: 2, limit: 10).isEmpty)
                let now = try await older(storage, tenant, table, than: 3, limit: 10)
                #expect(now.map(\.place) == read.map(\.place))
                #expect(now.map(\.sealed) == changes.map(\.new))
            }
            #expect(try await storage.sealedCells.count(of: other, olderThan: 2) == 4)
        }
    }

    @Test(
        "a version that a value still needs is not removed, whichever table it stands in",
        arguments: StorageAdapter.allCases)
    func unused(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            try await cells(storage, tenant, values: 1)
            for version: Int32 in 1...3 {
                try await storage.dataKeys.addIfAbsent(key(storage, tenant, version: version))
                try await storage.dataKeys.addIfAbsent(key(storage, other, version: version))
            }
            func remove() async throws(Failure) -> [Int32] {
                try await storage.dataKeyRotation.removeUnused(
                    of: tenant, olderThan: 3, as: operatorCaller(storage)
                ) { _ in DomainEvent(.dataKeysRemoved, on: .tenant(tenant)) }.map(\.version)
            }
            #expect(try await remove() == [2])
            for table in SealedTable.allCases {
                #expect(try await remove() == [])
                let changes = try await older(storage, tenant, table, than: 3, limit: 9).map {
                    (cell: $0, new: sealed(3))
                }
                _ = try await storage.sealedCells.replace(changes, of: tenant, in: table)
            }
            #expect(try await remove() == [1])
            #expect(try await remove() == [])
            #expect(try await storage.dataKeys.keys(of: tenant, for: .values).map(\.version) == [3])
            #expect(try await storage.dataKeys.keys(of: other, for: .values).count == 3)
            #expect(try await storage.auditedActions() == ["keys.data_keys_removed", "keys.data_keys_removed"])
        }
    }

    @Test(
        "a version that a token on its way needs stays until the token is handed on or runs out",
        arguments: StorageAdapter.allCases)
    func waitingTokens(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (tenant, other): (TenantID, TenantID) = (storage.ids.next(), storage.ids.next())
            for version: Int32 in 1...3 {
                try await storage.dataKeys.addIfAbsent(key(storage, tenant, version: version))
            }
            func send(_ version: UInt8, good life: Duration, from tenant: TenantID) async throws {
                let reset = PasswordReset(
                    tenant: tenant, user: storage.ids.next(), digest: [1], expiresAt: storage.clock.now() + life)
                let event = reset.requested(
                    email: try EmailAddress("ann@example.com"), sealedToken: sealed(version, 0xFF))
                try await storage.write(tenant) { work throws(Failure) in work.record(event) }
            }
            func remove() async throws(Failure) -> [Int32] {
                try await storage.dataKeyRotation.removeUnused(
                    of: tenant, olderThan: 3, as: operatorCaller(storage)
                ) { _ in DomainEvent(.dataKeysRemoved, on: .tenant(tenant)) }.map(\.version)
            }
            try await send(1, good: .seconds(60), from: tenant)
            try await send(2, good: .seconds(1800), from: tenant)
            try await send(2, good: .seconds(1800), from: other)
            #expect(try await remove() == [])
            storage.clock.advance(by: .seconds(60))
            #expect(try await remove() == [1])
            #expect(try await storage.outbox.deliver(limit: 9) { _ in } == 3)
            #expect(try await remove() == [2])
        }
    }

    @Test(
        "of racing steps of the signing keys one wins, and one key is active throughout",
        arguments: StorageAdapter.allCases)
    func signing(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            func race(_ step: @escaping @Sendable (Int) -> SigningKeyStep) async -> Int {
                await withTaskGroup(of: Bool?.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            try? await storage.signingKeyRotation.take(
                                step(number), at: storage.clock.now(), as: operatorCaller(storage))
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 == true ? 1 : 0 }
                }
            }
            try await storage.signingKeys.addIfNoneIsActive(signingKey(storage, "first", .active))
            let first = try #require(try await storage.signingKeys.all().first { $0.state == .active }).keyID
            storage.clock.advance(by: .seconds(60))
            #expect(await race { .publish(signingKey(storage, "next\($0)", .pending)) } == 1)
            let pending = try #require(try await storage.signingKeys.all().first { $0.state == .pending }).keyID
            storage.clock.advance(by: .seconds(60))
            #expect(await race { _ in .remove(first) } == 0)
            #expect(await race { _ in .activate(pending: pending, retiring: first) } == 1)
            let states = try await storage.signingKeys.all()
            #expect(states.map(\.keyID) == [pending, first])
            #expect(states.map(\.state) == [.active, .retiring])
            #expect(states.allSatisfy { $0.stateSince == storage.clock.now() })
            #expect(states[1].createdAt == storage.clock.now() - .seconds(120))

            let rotation = storage.signingKeyRotation
            #expect(try await rotation.replaceWrapping(of: states[0], by: SealedBytes([3])))
            #expect(try await !rotation.replaceWrapping(of: states[0], by: SealedBytes([4])))
            #expect(try await storage.signingKeys.all()[0].wrappedPrivateKey == SealedBytes([3]))
            #expect(await race { _ in .remove(first) } == 1)
            #expect(try await storage.signingKeys.all().map(\.keyID) == [pending])
            #expect(
                try await storage.auditedActions() == [
                    "keys.signing_key_published", "keys.signing_key_activated", "keys.signing_key_removed",
                ])
        }
    }
}
