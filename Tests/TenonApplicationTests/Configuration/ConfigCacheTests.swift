import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

@Suite struct ConfigCacheStateTests {
    private let ids = Identifiers.forTests()
    private let namespace: Namespace
    private let entry: ConfigEntry
    private let path: ConfigCacheState.Path

    init() throws {
        let ids = Identifiers.forTests()
        namespace =
            Namespace.create(
                id: ids.next(), tenant: ids.next(), name: try NamespaceName("n"), description: nil, by: "t",
                at: ManualClock().now()
            ).0
        var revision = ConfigRevision(of: namespace, at: namespace.updatedAt)
        entry = revision.set(
            try ConfigKey("k"), try ConfigDraft(value: 1, type: .number), sealed: SealedBytes([1]), as: .created,
            before: nil, id: ids.next(), version: ids.next(), references: [], comment: nil, by: "t")
        path = ConfigCacheState.Path(namespace: namespace.id, key: entry.key)
    }

    private func listening(bytes: Int = 100_000) -> ConfigCacheState {
        var state = ConfigCacheState(bytes: bytes)
        state.setListening(true)
        return state
    }

    @Test("an entry is kept for as long as its namespace stays at its revision")
    func revisions() {
        var state = listening()
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == entry)
        state.reached(namespace.id, 2)
        state.reached(namespace.id, 1)
        #expect(state.entry(path) == entry)
        state.reached(namespace.id, 3)
        #expect(state.entry(path) == nil)
        #expect(state.hits == 2 && state.misses == 1)
    }

    @Test("what was read before a revision that was heard of meanwhile is not kept")
    func stale() {
        var state = listening()
        let epoch = state.begin(namespace.id)
        state.reached(namespace.id, 3)
        state.insert(entry, at: 2, epoch)
        #expect(state.entry(path) == nil)
        let next = state.begin(namespace.id)
        state.reached(namespace.id, Namespace.removedRevision)
        state.insert(entry, at: 4, next)
        #expect(state.entry(path) == nil && state.namespaces.isEmpty)
    }

    @Test(
        "an entry is answered for five seconds after the store's last word on its namespace, and again after the next")
    func unconfirmed() {
        var state = listening()
        let now = ContinuousClock.now
        state.beginAsking(at: now)
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path, at: now + .seconds(4)) == entry)
        #expect(state.entry(path, at: now + .seconds(5)) == nil)
        state.beginAsking(at: now + .seconds(5))
        #expect(state.entry(path, at: now + .seconds(5)) == nil)
        state.answered([:], askedAt: now + .seconds(6))
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path, at: now + .seconds(6)) == nil)
        state.answered([namespace.id: 2], askedAt: now + .seconds(7))
        state.answered([:], askedAt: now + .seconds(12))
        #expect(state.entry(path, at: now + .seconds(12)) == nil)
        state.answered([namespace.id: 2], askedAt: now + .seconds(13))
        #expect(state.entry(path, at: now + .seconds(13)) == entry)
    }

    @Test("while a commit's outcome is unknown nothing older than it is kept, however late it is made")
    func doubt() {
        var state = listening()
        state.insert(entry, at: 2, state.begin(namespace.id))
        state.doubt(namespace.id, 3, at: .now)
        #expect(state.entry(path) == nil)
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == nil)
        state.insert(entry, at: 3, state.begin(namespace.id))
        #expect(state.entry(path) == entry)
    }

    @Test("a commit that was not made is in doubt until the store has said so after the server's own time limit")
    func settled() {
        var state = listening()
        let now = ContinuousClock.now
        state.doubt(namespace.id, 3, at: now)
        state.answered([namespace.id: 2], askedAt: now + .seconds(14))
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == nil)
        state.answered([:], askedAt: now + .seconds(16))
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == nil)
        state.answered([namespace.id: 2], askedAt: now + .seconds(16))
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == entry)
    }

    @Test("an answer of the store from before a later write ends no doubt that the write has ended")
    func reachedInDoubt() {
        var state = listening()
        let now = ContinuousClock.now
        state.doubt(namespace.id, 3, at: now)
        state.reached(namespace.id, 3)
        state.answered([namespace.id: 2], askedAt: now + .seconds(16))
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == nil)
    }

    @Test("namespaces that nobody reads here are not noted")
    func unread() {
        var state = listening()
        state.reached(namespace.id, 3)
        #expect(state.namespaces.isEmpty)
    }

    @Test("what was read before everything was forgotten is not kept")
    func epochs() {
        var state = listening()
        let epoch = state.begin(namespace.id)
        state.setListening(false)
        state.setListening(true)
        _ = state.begin(namespace.id)
        state.insert(entry, at: 2, epoch)
        #expect(state.entry(path) == nil)
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == entry)
    }

    @Test("while changes are not heard nothing is kept")
    func deaf() {
        var state = ConfigCacheState(bytes: 100_000)
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == nil && state.entries.cost == 0)
        state.setListening(true)
        state.insert(entry, at: 2, state.begin(namespace.id))
        state.setListening(false)
        #expect(state.entry(path) == nil && state.entries.cost == 0 && state.namespaces.isEmpty)
    }

    @Test("of a cache of no bytes nothing is kept")
    func noBytes() {
        var state = listening(bytes: 0)
        state.insert(entry, at: 2, state.begin(namespace.id))
        #expect(state.entry(path) == nil && state.entries.cost == 0)
    }

    @Test("an entry is for its own tenant")
    func tenants() {
        let cache = ConfigCache(bytes: 100_000)
        cache.setListening(true)
        cache.insert(entry, at: 2, cache.ticket(for: namespace.id))
        #expect(cache.entry(entry.key, in: namespace.id, of: namespace.tenant) == entry)
        #expect(cache.entry(entry.key, in: namespace.id, of: Identifiers.forTests(seed: 9).next()) == nil)
    }
}

extension ConfigCacheState {
    fileprivate mutating func entry(_ path: Path) -> ConfigEntry? { entry(path, at: .now) }
}

@Suite struct CachedReadTests {
    @Test("a write is seen by the next read, and reads between writes come from memory")
    func reads() async throws {
        let fixture = try await ConfigurationFixture()
        fixture.cache.setListening(true)
        for value in 1...50 {
            try await fixture.put("a", .integer(Int64(value)))
            #expect(try await fixture.get("a").value == .integer(Int64(value)))
            #expect(try await fixture.get("a").value == .integer(Int64(value)))
        }
        #expect(fixture.cache.counts.hits == 50)
        _ = try await fixture.get("a", isFresh: true)
        _ = try await fixture.get("a", version: .number(1))
        #expect(fixture.cache.counts.hits == 50)
        try await fixture.delete("a")
        #expect(await failure { () async throws(Failure) in try await fixture.get("a") }?.code == .configNotFound)
    }

    @Test("a secret is not kept, and what becomes one is not shown from memory")
    func secrets() async throws {
        let fixture = try await ConfigurationFixture()
        fixture.cache.setListening(true)
        try await fixture.put("a", "x")
        _ = try await fixture.get("a", as: fixture.viewer)
        try await fixture.patch("a", ConfigPatch(isSecret: true))
        #expect(try await fixture.get("a", as: fixture.viewer).isMasked)
        #expect(try await fixture.get("a", as: fixture.viewer).isMasked)
        #expect(fixture.cache.counts.hits == 0)
    }

    @Test("another tenant is not shown what is kept, and a namespace that is gone is gone")
    func others() async throws {
        let fixture = try await ConfigurationFixture()
        fixture.cache.setListening(true)
        try await fixture.put("a", 1)
        _ = try await fixture.get("a")
        let stranger = Caller(
            .user(
                SignedInUser(
                    id: fixture.ids.next(), tenant: fixture.ids.next(), session: fixture.ids.next(), roles: [.owner])),
            from: .test)
        let refused = await failure { () async throws(Failure) in try await fixture.get("a", as: stranger) }
        #expect(refused?.code == .namespaceNotFound)
        try await fixture.deleteNamespace()
        let gone = await failure { () async throws(Failure) in try await fixture.get("a") }
        #expect(gone?.code == .namespaceNotFound)
    }

    @Test("readers that race with a writer never see a value older than one that was seen before")
    func races() async throws {
        let fixture = try await ConfigurationFixture()
        fixture.cache.setListening(true)
        try await fixture.put("a", 0)
        let readers = (0..<4).map { _ in
            Task { () -> Bool in
                var last: Int64 = 0
                while last < 200 {
                    guard let value = try? await fixture.get("a").value?.numberValue?.int64, value >= last else {
                        return false
                    }
                    last = value
                    await Task.yield()
                }
                return true
            }
        }
        for value in 1...200 { try await fixture.put("a", .integer(Int64(value))) }
        for reader in readers { #expect(await reader.value) }
    }

    @Test("what does not open any more is read again: it was sealed anew under another key")
    func resealed() async throws {
        let fixture = try await ConfigurationFixture()
        fixture.cache.setListening(true)
        try await fixture.put("a", "value")
        let (entry, revision) = try await fixture.memory.reads(in: fixture.tenant).configuration.entry(
            ConfigurationFixture.key("a"), in: fixture.namespace)
        let version = entry.version
        let unreadable = ConfigEntry(
            id: entry.id, tenant: entry.tenant, namespace: entry.namespace, key: entry.key,
            createdBy: entry.createdBy, createdAt: entry.createdAt,
            version: ConfigVersion(
                id: version.id, number: version.number, change: version.change, position: version.position,
                properties: version.properties, sealedValue: SealedBytes([0, 0, 0, 99, 1, 2, 3]),
                comment: version.comment, author: version.author, at: version.at))
        fixture.cache.insert(unreadable, at: revision, fixture.cache.ticket(for: fixture.namespace))
        #expect(try await fixture.get("a").value == "value")
        #expect(fixture.cache.entry(entry.key, in: fixture.namespace, of: fixture.tenant) == entry)
    }
}
