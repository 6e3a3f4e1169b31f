import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct ConfigHistoryContract {
    /// A namespace in which `key` was created, updated, deleted and restored, each ten seconds later than the other.
    private func history(_ storage: Storage) async throws -> (Namespace, [ConfigEntry]) {
        let tenant: TenantID = storage.ids.next()
        let namespace = try storage.namespace(tenant, "production")
        try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
        var versions: [ConfigEntry] = []
        storage.clock.advance(by: .seconds(10))
        versions.append(try await storage.set(namespace, "key", "one"))
        storage.clock.advance(by: .seconds(10))
        versions.append(try await storage.set(namespace, "key", 2, as: .number, comment: "a number"))
        storage.clock.advance(by: .seconds(10))
        versions.append(try await storage.delete(namespace, "key"))
        storage.clock.advance(by: .seconds(10))
        versions.append(try await storage.set(namespace, "key", "four", .restored))
        return (namespace, versions)
    }

    @Test("every change is a version that stays", arguments: StorageAdapter.allCases)
    func versions(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (namespace, versions) = try await history(storage)
            let store = storage.transactions.reads(in: namespace.tenant).configuration
            let key = versions[0].key
            #expect(versions.map(\.version.number) == [1, 2, 3, 4])
            #expect(versions.map(\.version.change) == [.created, .updated, .deleted, .restored])
            for version in versions {
                let number = version.version.number
                #expect(try await store.entry(key, in: namespace.id, at: .number(number)) == version)
            }
            let first = try await store.versions(of: key, in: namespace.id, PageRequest(limit: 3))
            #expect(first.items == versions[1...].reversed())
            #expect(first.next == "2")
            let rest = try await store.versions(of: key, in: namespace.id, PageRequest(.after("2"), limit: 3))
            #expect(rest.items == [versions[0]])
            #expect(rest.next == nil)
            let numbered = try await store.versions(of: key, in: namespace.id, PageRequest(.page(2), limit: 3))
            #expect(numbered.items == [versions[0]])
            #expect(numbered.total == 4)
            #expect(try await store.entry(key, in: namespace.id).entry == versions[3])
        }
    }

    @Test("a page of versions holds no more than some megabytes of values", arguments: StorageAdapter.allCases)
    func largeVersions(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
            let large = JSONValue.string(String(repeating: "x", count: 1 << 20))
            for _ in 0..<6 { try await storage.set(namespace, "key", large) }
            let store = storage.transactions.reads(in: tenant).configuration
            let key = try ConfigKey("key")
            let first = try await store.versions(of: key, in: namespace.id, PageRequest())
            #expect(first.items.map(\.version.number) == [6, 5, 4, 3])
            #expect(first.next == "3")
            let rest = try await store.versions(of: key, in: namespace.id, PageRequest(.after("3")))
            #expect(rest.items.map(\.version.number) == [2, 1])
            #expect(rest.next == nil)
            let refused = await failure { () throws(Failure) in
                try await store.versions(of: key, in: namespace.id, PageRequest(.page(1)))
            }
            #expect(refused?.violations.first?.code == "page_too_large")
        }
    }

    @Test("an entry and a list are as they were, by revision and by time", arguments: StorageAdapter.allCases)
    func past(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (namespace, versions) = try await history(storage)
            let store = storage.transactions.reads(in: namespace.tenant).configuration
            let key = versions[0].key
            for (place, version) in versions.enumerated() {
                let moments = [
                    ConfigMoment.revision(version.version.position.revision), .time(version.version.at),
                    .time(version.version.at + .seconds(9)),
                ]
                for moment in moments {
                    let listed = try await store.entries(in: namespace.id, ConfigFilter(asOf: moment), PageRequest())
                    if place == 2 {
                        #expect(
                            await failure { () throws(Failure) in
                                try await store.entry(key, in: namespace.id, at: .asOf(moment))
                            }?.code == .configNotFound)
                        #expect(listed.items.isEmpty)
                    } else {
                        #expect(try await store.entry(key, in: namespace.id, at: .asOf(moment)) == version)
                        #expect(listed.items == [version])
                    }
                }
            }
            for moment in [ConfigMoment.revision(1), .time(versions[0].version.at - .milliseconds(1))] {
                #expect(
                    await failure { () throws(Failure) in
                        try await store.entry(key, in: namespace.id, at: .asOf(moment))
                    }?.code == .configNotFound)
                let listed = try await store.entries(in: namespace.id, ConfigFilter(asOf: moment), PageRequest())
                #expect(listed.items.isEmpty)
            }
        }
    }

    @Test("changes come in the order of revisions, from any position", arguments: StorageAdapter.allCases)
    func changes(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (namespace, versions) = try await history(storage)
            let draft = try ConfigDraft(value: "v", type: .string)
            let many = try await storage.revise(namespace) { revision, _ throws(Failure) in
                for key in ["z", "a", "m"] {
                    _ = revision.set(
                        try! ConfigKey(key), draft, sealed: SealedBytes([1]), as: .created, before: nil,
                        id: storage.ids.next(), version: storage.ids.next(), references: [], comment: nil, by: "x")
                }
            }
            let expected = versions + many.changes
            let store = storage.transactions.reads(in: namespace.tenant).configuration
            #expect(expected.map(\.version.position.revision) == [2, 3, 4, 5, 6, 6, 6])
            for (place, change) in expected.enumerated() {
                let found = try await store.changes(in: namespace.id, after: change.version.position, limit: 2)
                #expect(found.changes == Array(expected[(place + 1)...].prefix(2)))
                #expect(found.revision == 6)
            }
            #expect(try await store.changes(in: namespace.id, after: .end(of: 1), limit: 100).changes == expected)
            #expect(try await store.changes(in: namespace.id, after: .end(of: 6), limit: 100).changes.isEmpty)
        }
    }

    @Test("what is a secret now was one always", arguments: StorageAdapter.allCases)
    func secrets(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (namespace, versions) = try await history(storage)
            let key = versions[0].key
            try await storage.set(namespace, "key", "hidden", isSecret: true)
            let store = storage.transactions.reads(in: namespace.tenant).configuration
            #expect(try await store.entry(key, in: namespace.id, at: .number(1)).isSecret)
            #expect(try await store.entry(key, in: namespace.id, at: .asOf(.revision(2))).isSecret)
            #expect(try await store.versions(of: key, in: namespace.id, PageRequest()).items.allSatisfy(\.isSecret))
            let listed = try await store.entries(
                in: namespace.id, ConfigFilter(asOf: .revision(2)), PageRequest()
            ).items
            #expect(listed.map(\.isSecret) == [true])
            let told = try await store.changes(in: namespace.id, after: .end(of: 0), limit: 9).changes
            #expect(told.count == 5 && told.allSatisfy(\.isSecret))
        }
    }

    @Test("writers of one namespace take turns, and times never go back", arguments: StorageAdapter.allCases)
    func racing(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
            storage.clock.advance(by: .seconds(60))
            try await storage.set(namespace, "key", 0, as: .number)
            storage.clock.advance(by: .seconds(-30))
            await withTaskGroup(of: Void.self) { group in
                for number in 1...20 {
                    group.addTask { _ = try? await storage.set(namespace, "key", .integer(Int64(number)), as: .number) }
                }
            }
            let store = storage.transactions.reads(in: tenant).configuration
            let (changes, revision, _) = try await store.changes(in: namespace.id, after: .end(of: 1), limit: 100)
            #expect(revision == 22)
            #expect(changes.map(\.version.number) == Array(1...21))
            #expect(changes.map(\.version.position.revision) == Array(2...22))
            #expect(Set(changes.dropFirst().map(\.version.sealedValue?.bytes)).count == 20)
            #expect(changes.allSatisfy { $0.version.at == changes[0].version.at })
            #expect(storage.revisions.of(namespace.id).sorted() == Array(2...22))
        }
    }

    @Test("a revision that fails leaves nothing and nobody hears of it", arguments: StorageAdapter.allCases)
    func rollback(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (namespace, versions) = try await history(storage)
            let before = storage.revisions.of(namespace.id)
            let refused = await failure { () throws(Failure) in
                try await storage.write(namespace.tenant) { work throws(Failure) in
                    let (standing, entries) = try await work.configuration.revise(
                        namespace.id, keys: [versions[0].key])
                    var revision = ConfigRevision(of: standing, at: storage.clock.now())
                    _ = revision.delete(
                        entries[versions[0].key]!, version: storage.ids.next(), comment: nil, by: "system:contract")
                    try await work.configuration.save(revision)
                    throw Failure(.configKeyTaken, "No.")
                }
            }
            #expect(refused?.code == .configKeyTaken)
            let store = storage.transactions.reads(in: namespace.tenant).configuration
            #expect(try await store.entry(versions[0].key, in: namespace.id).entry == versions[3])
            #expect(try await store.changes(in: namespace.id, after: .end(of: 5), limit: 9).changes.isEmpty)
            #expect(storage.revisions.of(namespace.id) == before)
            #expect(before.sorted() == [2, 3, 4, 5])
        }
    }

    @Test("a removed namespace is gone with its history, and its name is free", arguments: StorageAdapter.allCases)
    func removal(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (namespace, versions) = try await history(storage)
            let other = try storage.namespace(namespace.tenant, "other")
            try await storage.write(namespace.tenant) { work throws(Failure) in
                try await work.configuration.add(other)
            }
            let kept = try await storage.set(other, "key")
            #expect(
                try await storage.revisionFeed.revisions(of: [namespace.id, other.id])
                    == [namespace.id: 5, other.id: 2])
            try await storage.write(namespace.tenant) { work throws(Failure) in
                let (standing, _) = try await work.configuration.revise(namespace.id, keys: [])
                try await work.configuration.remove(standing)
            }
            let store = storage.transactions.reads(in: namespace.tenant).configuration
            #expect(
                await failure { () throws(Failure) in
                    try await store.entry(versions[0].key, in: namespace.id, at: .number(1))
                }?.code == .namespaceNotFound)
            #expect(try await store.entry(kept.key, in: other.id).entry == kept)
            #expect(storage.revisions.of(namespace.id).max() == Namespace.removedRevision)
            #expect(
                try await storage.revisionFeed.revisions(of: [namespace.id, other.id]) == [
                    namespace.id: Namespace.removedRevision, other.id: 2,
                ])
            let successor = try storage.namespace(namespace.tenant, "production")
            try await storage.write(namespace.tenant) { work throws(Failure) in
                try await work.configuration.add(successor)
            }
            #expect(try await store.changes(in: successor.id, after: .end(of: 0), limit: 9).changes.isEmpty)
        }
    }

    @Test("references are followed across namespaces", arguments: StorageAdapter.allCases)
    func references(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let one = try storage.namespace(tenant, "one")
            let two = try storage.namespace(tenant, "two")
            try await storage.write(tenant) { work throws(Failure) in
                try await work.configuration.add(one)
                try await work.configuration.add(two)
            }
            func address(_ namespace: Namespace, _ key: String) throws -> ConfigAddress {
                ConfigAddress(namespace: namespace.name, key: try ConfigKey(key))
            }
            let draft = try ConfigDraft(value: "v", type: .string)
            func refer(_ namespace: Namespace, _ key: String, to targets: Set<ConfigAddress>) async throws {
                let key = try ConfigKey(key)
                try await storage.revise(namespace, [key.text]) { revision, standing throws(Failure) in
                    _ = revision.set(
                        key, draft, sealed: SealedBytes([1]), as: .updated, before: standing[key],
                        id: storage.ids.next(), version: storage.ids.next(), references: targets, comment: nil, by: "x")
                }
            }
            func graph(_ starts: ConfigAddress...) async throws -> ReferenceGraph {
                try await storage.write(tenant) { work throws(Failure) in
                    try await work.configuration.references(from: starts)
                }
            }
            let (a, b, c, lost) = (
                try address(one, "a"), try address(two, "b"), try address(one, "c"), try address(two, "lost")
            )
            try await refer(one, "c", to: [])
            try await refer(two, "b", to: [c, lost])
            try await refer(one, "a", to: [b])
            #expect(
                try await graph(a) == ReferenceGraph(edges: [a: [b], b: [c, lost]], present: [a, b, c]))
            #expect(try await graph(c, lost) == ReferenceGraph(present: [c]))
            try await refer(two, "b", to: [c])
            #expect(try await graph(b) == ReferenceGraph(edges: [b: [c]], present: [b, c]))
            try await storage.delete(two, "b")
            #expect(try await graph(a) == ReferenceGraph(edges: [a: [b]], present: [a]))
        }
    }
}
