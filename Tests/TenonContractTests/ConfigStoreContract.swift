import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct ConfigStoreContract {
    @Test("every type of value and rule is found as it was added", arguments: StorageAdapter.allCases)
    func addAndFind(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production", description: "ä ✓")
            try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
            let store = storage.transactions.reads(in: tenant).configuration
            #expect(try await store.namespace(namespace.id) == namespace)
            #expect(try await store.namespace(named: namespace.name) == namespace)
            let entries = [
                try await storage.set(
                    namespace, "s", "abc", schema: ["min_length": 1, "max_length": 9, "pattern": "^a"],
                    tags: ["b", "a:1"], comment: "why"),
                try await storage.set(namespace, "n", 1, as: .number, schema: ["min_value": 1, "integer": true]),
                try await storage.set(namespace, "b", true, as: .boolean),
                try await storage.set(namespace, "c", "x", as: .select, schema: ["options": ["x", "y"]]),
                try await storage.set(namespace, "j", ["a": [1, .null]], as: .json, isSecret: true),
            ]
            for (place, entry) in entries.enumerated() {
                let found = try await store.entry(entry.key, in: namespace.id)
                #expect(found.entry == entry)
                #expect(found.revision == 6)
                #expect(entry.version.position == RevisionPosition(revision: Int64(place + 2), ordinal: 0))
            }
            #expect(try await store.countEntries(in: namespace.id) == 5)
        }
    }

    @Test("duplicates and missing things have their codes", arguments: StorageAdapter.allCases)
    func refusals(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
            try await storage.set(namespace, "key")
            let twin = try storage.namespace(tenant, "production")
            let taken = await failure { () throws(Failure) in
                try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(twin) }
            }
            #expect(taken?.code == .namespaceNameTaken)
            let store = storage.transactions.reads(in: tenant).configuration
            let key: ConfigKey = try ConfigKey("key")
            let missing: ConfigKey = try ConfigKey("KEY")
            #expect(await codes(store, missing, namespace.id) == Array(repeating: .configNotFound, count: 4))
            #expect(await codes(store, key, twin.id) == Array(repeating: .namespaceNotFound, count: 4))
            #expect(
                await failure { () throws(Failure) in
                    try await store.entry(key, in: namespace.id, at: .number(2))
                }?.code == .configVersionNotFound)
            #expect(
                await failure { () throws(Failure) in
                    try await store.entries(in: twin.id, ConfigFilter(), PageRequest())
                }?.code == .namespaceNotFound)
            #expect(
                await failure { () throws(Failure) in
                    try await storage.revise(twin, ["key"]) { _, _ throws(Failure) in }
                }?.code == .namespaceNotFound)
        }
    }

    /// What each way to ask for one entry fails with.
    private func codes(_ store: any ConfigStore, _ key: ConfigKey, _ namespace: NamespaceID) async -> [FailureCode?] {
        [
            await failure { () throws(Failure) in try await store.entry(key, in: namespace).entry }?.code,
            await failure { () throws(Failure) in try await store.entry(key, in: namespace, at: .number(1)) }?.code,
            await failure { () throws(Failure) in
                try await store.entry(key, in: namespace, at: .asOf(.revision(9)))
            }?.code,
            await failure { () throws(Failure) in
                try await store.versions(of: key, in: namespace, PageRequest())
            }?.code,
        ]
    }

    @Test("another tenant finds nothing and changes nothing", arguments: StorageAdapter.allCases)
    func isolation(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
            let entry = try await storage.set(namespace, "key")
            let stranger: TenantID = storage.ids.next()
            let store = storage.transactions.reads(in: stranger).configuration
            #expect(try await store.namespaces(PageRequest(.page(1))).total == 0)
            #expect(await codes(store, entry.key, namespace.id) == Array(repeating: .namespaceNotFound, count: 4))
            #expect(try await store.countEntries(in: namespace.id) == 0)
            for code in [
                await failure { () throws(Failure) in try await store.namespace(namespace.id) }?.code,
                await failure { () throws(Failure) in try await store.namespace(named: namespace.name) }?.code,
                await failure { () throws(Failure) in
                    try await store.entries(in: namespace.id, ConfigFilter(), PageRequest())
                }?.code,
                await failure { () throws(Failure) in
                    try await store.changes(in: namespace.id, after: .end(of: 0), limit: 10).revision
                }?.code,
            ] {
                #expect(code == .namespaceNotFound)
            }
            // The stranger's own writer in a namespace that is not its own.
            let foreign = Namespace(
                id: namespace.id, tenant: stranger, name: namespace.name, description: nil, requiresIfMatch: false,
                revision: 1, createdBy: "x", createdAt: storage.clock.now(), updatedAt: storage.clock.now())
            let refused = await failure { () throws(Failure) in
                try await storage.revise(foreign, ["key"]) { _, _ throws(Failure) in }
            }
            #expect(refused?.code == .namespaceNotFound)
            let address = ConfigAddress(namespace: namespace.name, key: entry.key)
            let graph = try await storage.write(stranger) { work throws(Failure) in
                try await work.configuration.references(from: [address])
            }
            #expect(graph == ReferenceGraph())
        }
    }

    @Test("pages have no gaps and no repeats, in the order of bytes", arguments: StorageAdapter.allCases)
    func paging(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            let empty = try storage.namespace(tenant, "empty")
            try await storage.write(tenant) { work throws(Failure) in
                try await work.configuration.add(namespace)
                try await work.configuration.add(empty)
            }
            let keys = ["A", "Z", "_", "a", "a-b", "a.b", "a0", "aB", "ab", "b", "z"] + (10..<24).map { "n\($0)" }
            for key in keys { try await storage.set(namespace, key, tags: key.count == 1 ? ["one"] : []) }
            try await storage.set(namespace, "gone")
            try await storage.delete(namespace, "gone")
            let store = storage.transactions.reads(in: tenant).configuration
            let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for (limit, moment) in [(1, nil), (3, nil), (7, ConfigMoment.revision(99)), (25, nil), (50, nil)] {
                let filter = ConfigFilter(asOf: moment)
                let seen = try await all { page throws(Failure) in
                    try await store.entries(in: namespace.id, filter, PageRequest(page, limit: limit))
                }
                #expect(seen.map(\.key.text) == sorted, "limit \(limit)")
            }
            let now = ConfigFilter()
            let second = try await store.entries(in: namespace.id, now, PageRequest(.page(2), limit: 10))
            #expect(second.items.map(\.key.text) == Array(sorted[10..<20]))
            #expect(second.total == 25)
            let behind = try await store.entries(in: namespace.id, now, PageRequest(.page(9), limit: 10))
            #expect(behind.items.isEmpty)
            #expect(behind.total == 25)
            for moment in [nil, ConfigMoment.revision(99)] {
                let some = try await store.entries(
                    in: namespace.id, ConfigFilter(prefix: ConfigKeyPrefix("a"), asOf: moment), PageRequest())
                #expect(some.items.map(\.key.text) == ["a", "a-b", "a.b", "a0", "aB", "ab"])
                let tagged = try await store.entries(
                    in: namespace.id, ConfigFilter(tag: ConfigTag("one"), asOf: moment), PageRequest(.page(1)))
                #expect(tagged.items.map(\.key.text) == ["A", "Z", "_", "a", "b", "z"])
                #expect(tagged.total == 6)
                let found = try await store.entries(
                    in: namespace.id, ConfigFilter(search: ConfigKeyPart("B"), asOf: moment), PageRequest())
                #expect(found.items.map(\.key.text) == ["a-b", "a.b", "aB", "ab", "b"])
            }
            #expect(try await store.entries(in: empty.id, now, PageRequest()).items.isEmpty)
            #expect(try await store.namespaces(PageRequest(limit: 1)).next == "empty")
            #expect(try await store.namespaces(PageRequest(.after("empty"))).items.map(\.name.text) == ["production"])
            #expect(try await store.namespaces(PageRequest(.page(1), limit: 1)).total == 2)
        }
    }

    @Test(
        "a page holds no more than some megabytes of values, and the next one goes on",
        arguments: StorageAdapter.allCases)
    func largeValues(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
            let large = JSONValue.string(String(repeating: "x", count: 1 << 20))
            for number in 0..<6 { try await storage.set(namespace, "key_\(number)", large) }
            for _ in 0..<3 { try await storage.set(namespace, "key_5", large) }
            let store = storage.transactions.reads(in: tenant).configuration
            for moment in [nil, ConfigMoment.revision(99)] {
                let filter = ConfigFilter(asOf: moment)
                let first = try await store.entries(in: namespace.id, filter, PageRequest())
                #expect(first.items.map(\.key.text) == ["key_0", "key_1", "key_2", "key_3"])
                #expect(first.next == "key_3")
                let rest = try await store.entries(in: namespace.id, filter, PageRequest(.after("key_3")))
                #expect(rest.items.map(\.key.text) == ["key_4", "key_5"])
                #expect(rest.next == nil)
                let refused = await failure { () throws(Failure) in
                    try await store.entries(in: namespace.id, filter, PageRequest(.page(1)))
                }
                #expect(refused?.violations.first?.code == "page_too_large")
                let second = try await store.entries(in: namespace.id, filter, PageRequest(.page(2), limit: 3))
                #expect(second.items.map(\.key.text) == ["key_3", "key_4", "key_5"])
            }
            let history = try await store.versions(of: try ConfigKey("key_5"), in: namespace.id, PageRequest(limit: 2))
            #expect(history.items.map(\.version.number) == [4, 3])
            #expect(history.next == "3")
            var position = RevisionPosition.end(of: 1)
            var seen: [Int64] = []
            while let last = try await store.changes(in: namespace.id, after: position, limit: 100).changes.last {
                seen.append(last.version.position.revision)
                position = last.version.position
            }
            // One value more than the limit allows each time, since every one begins below it.
            #expect(seen == [2, 3, 4, 5, 6, 7, 8, 9, 10])
        }
    }

    @Test(
        "entries are changed together whose values have 32 MiB at most", arguments: StorageAdapter.allCases)
    func standingValues(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
            let large = JSONValue.string(String(repeating: "x", count: 1_000_000))
            let keys = (0..<34).map { "k\($0)" }
            for key in keys { try await storage.set(namespace, key, large) }
            let fitting = Array(keys.prefix(33))
            try await storage.revise(namespace, fitting) { _, standing in #expect(standing.count == 33) }
            let refused = await failure { () throws(Failure) in
                try await storage.revise(namespace, keys) { _, _ in }
            }
            #expect(refused?.code == .tooMuchWork)
        }
    }

    /// Every page's items, by cursors.
    private func all<Item>(
        _ page: (PageRequest.Start) async throws(Failure) -> Page<Item>
    ) async throws(Failure) -> [Item] {
        var items: [Item] = []
        var start = PageRequest.Start.first
        while true {
            let found = try await page(start)
            items += found.items
            guard let next = found.next else { return items }
            start = .after(next)
        }
    }
}
