import TenonDomain
import TestSupport
import Testing

@Suite struct ConfigStoreContract {
    @Test("every type of value and rule is found as it was added", arguments: StorageAdapter.allCases)
    func addAndFind(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production", description: "ä ✓")
            let entries = [
                try storage.entry(namespace, "s", "abc", schema: ["min_length": 1, "max_length": 9, "pattern": "^a"]),
                try storage.entry(namespace, "n", 1, as: .number, schema: ["min_value": 1, "integer": true]),
                try storage.entry(namespace, "b", true, as: .boolean),
                try storage.entry(namespace, "c", "x", as: .select, schema: ["options": ["x", "y"]]),
                try storage.entry(namespace, "j", ["a": [1, .null]], as: .json, isSecret: true),
            ]
            try await storage.write(tenant) { work throws(Failure) in
                try await work.configuration.add(namespace)
                for entry in entries { try await work.configuration.add(entry) }
            }
            let store = storage.transactions.reads(in: tenant).configuration
            #expect(try await store.namespace(namespace.id) == namespace)
            for entry in entries { #expect(try await store.entry(entry.key, in: namespace.id) == entry) }
        }
    }

    @Test("duplicates and missing things have their codes", arguments: StorageAdapter.allCases)
    func refusals(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            let entry = try storage.entry(namespace, "key")
            try await storage.write(tenant) { work throws(Failure) in
                try await work.configuration.add(namespace)
                try await work.configuration.add(entry)
            }
            let twin = try storage.namespace(tenant, "production")
            let again = try storage.entry(namespace, "key")
            let orphan = try storage.entry(try storage.namespace(tenant, "unknown"), "key")
            let codes = [
                await failure { () throws(Failure) in
                    try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(twin) }
                }?.code,
                await failure { () throws(Failure) in
                    try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(again) }
                }?.code,
                await failure { () throws(Failure) in
                    try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(orphan) }
                }?.code,
            ]
            #expect(codes == [.namespaceNameTaken, .configKeyTaken, .namespaceNotFound])
            let store = storage.transactions.reads(in: tenant).configuration
            let missing: ConfigKey = try ConfigKey("KEY")
            #expect(
                await failure { () throws(Failure) in try await store.entry(missing, in: namespace.id) }?.code
                    == .configNotFound)
            #expect(
                await failure { () throws(Failure) in try await store.entry(missing, in: twin.id) }?.code
                    == .namespaceNotFound)
            #expect(
                await failure { () throws(Failure) in
                    try await store.entries(in: twin.id, prefix: .all, PageRequest())
                }?.code == .namespaceNotFound)
        }
    }

    @Test("another tenant finds nothing and adds nothing", arguments: StorageAdapter.allCases)
    func isolation(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            let entry = try storage.entry(namespace, "key")
            try await storage.write(tenant) { work throws(Failure) in
                try await work.configuration.add(namespace)
                try await work.configuration.add(entry)
            }
            let stranger: TenantID = storage.ids.next()
            let store = storage.transactions.reads(in: stranger).configuration
            #expect(try await store.namespaces(PageRequest(.page(1))).total == 0)
            for code in [
                await failure { () throws(Failure) in try await store.namespace(namespace.id) }?.code,
                await failure { () throws(Failure) in try await store.entry(entry.key, in: namespace.id) }?.code,
                await failure { () throws(Failure) in
                    try await store.entries(in: namespace.id, prefix: .all, PageRequest())
                }?.code,
            ] {
                #expect(code == .namespaceNotFound)
            }
            // The stranger's own entry in a namespace that is not its own.
            let foreign = Namespace(
                id: namespace.id, tenant: stranger, name: namespace.name, description: nil, version: 1,
                createdBy: "x", createdAt: storage.clock.now(), updatedAt: storage.clock.now())
            let intruder = try storage.entry(foreign, "intruder")
            let refused = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in
                    try await work.configuration.add(intruder)
                }
            }
            #expect(refused?.code == .namespaceNotFound)
        }
    }

    @Test("pages have no gaps and no repeats, in the order of bytes", arguments: StorageAdapter.allCases)
    func paging(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            let empty = try storage.namespace(tenant, "empty")
            let keys = ["A", "Z", "_", "a", "a-b", "a.b", "a0", "aB", "ab", "b", "z"] + (10..<24).map { "n\($0)" }
            let entries = try keys.map { try storage.entry(namespace, $0) }
            try await storage.write(tenant) { work throws(Failure) in
                try await work.configuration.add(namespace)
                try await work.configuration.add(empty)
                for entry in entries { try await work.configuration.add(entry) }
            }
            let store = storage.transactions.reads(in: tenant).configuration
            let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for limit in [1, 3, 7, 25, 50] {
                var seen: [String] = []
                var start = PageRequest.Start.first
                while true {
                    let page = try await store.entries(
                        in: namespace.id, prefix: .all, PageRequest(start, limit: limit))
                    seen += page.items.map(\.key.text)
                    #expect(page.total == nil)
                    guard let next = page.next else { break }
                    start = .after(next)
                }
                #expect(seen == sorted, "limit \(limit)")
            }
            let second = try await store.entries(in: namespace.id, prefix: .all, PageRequest(.page(2), limit: 10))
            #expect(second.items.map(\.key.text) == Array(sorted[10..<20]))
            #expect(second.total == 25)
            let behind = try await store.entries(in: namespace.id, prefix: .all, PageRequest(.page(9), limit: 10))
            #expect(behind.items.isEmpty)
            #expect(behind.total == 25)
            let some = try await store.entries(in: namespace.id, prefix: ConfigKeyPrefix("a"), PageRequest())
            #expect(some.items.map(\.key.text) == ["a", "a-b", "a.b", "a0", "aB", "ab"])
            #expect(try await store.entries(in: empty.id, prefix: .all, PageRequest()).items.isEmpty)
            #expect(try await store.namespaces(PageRequest(limit: 1)).next == "empty")
            #expect(try await store.namespaces(PageRequest(.after("empty"))).items.map(\.name.text) == ["production"])
        }
    }
}
