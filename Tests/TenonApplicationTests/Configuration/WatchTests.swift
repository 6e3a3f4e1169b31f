import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

@Suite struct WatchTableTests {
    private let table = WatchTable()
    private let namespace: NamespaceID = Identifiers.forTests().next()
    private let far = ContinuousClock.now + .seconds(3600)

    /// A wait that has begun, or is over.
    private func waiting(beyond revision: Int64, until deadline: ContinuousClock.Instant? = nil) async
        -> Task<WatchTable.Wake, Never>
    {
        let before = table.waiting
        let task = Task { await table.wait(for: namespace, beyond: revision, until: deadline ?? far) }
        while table.waiting == before { await Task.yield() }
        return task
    }

    @Test("a revision that was reached before the wait began is not lost")
    func before() async {
        table.join(namespace)
        table.namespace(namespace, reached: 5)
        #expect(await table.wait(for: namespace, beyond: 4, until: far) == .reached)
        let wait = await waiting(beyond: 5)
        table.namespace(namespace, reached: 5)
        table.namespace(namespace, reached: 3)
        #expect(table.waiting == 1)
        table.namespace(namespace, reached: 6)
        #expect(await wait.value == .reached)
        #expect(table.waiting == 0)
    }

    @Test("a namespace that nobody watches is not noted, and one is until the last has left")
    func membership() async {
        table.namespace(namespace, reached: 5)
        #expect(table.namespaces.isEmpty && table.revision(of: namespace) == 0)
        table.join(namespace)
        table.join(namespace)
        table.namespace(namespace, reached: 6)
        #expect(table.count == 2 && table.revision(of: namespace) == 6)
        table.leave(namespace)
        #expect(table.count == 1 && table.namespaces == [namespace])
        table.leave(namespace)
        #expect(table.count == 0 && table.namespaces.isEmpty)
        table.leave(namespace)
        #expect(table.count == 0)
    }

    @Test("waits end when their deadlines are over, and others go on")
    func expiry() async {
        table.join(namespace)
        let now = ContinuousClock.now
        let soon = await waiting(beyond: 0, until: now + .seconds(10))
        let late = await waiting(beyond: 0, until: now + .seconds(20))
        table.expire(at: now + .seconds(9))
        #expect(table.waiting == 2)
        table.expire(at: now + .seconds(10))
        #expect(await soon.value == .timedOut)
        #expect(table.waiting == 1)
        table.namespace(namespace, reached: 1)
        #expect(await late.value == .reached)
    }

    @Test("a wait whose task is cancelled ends, before it began or after, and leaves nothing")
    func cancellation() async {
        table.join(namespace)
        let wait = await waiting(beyond: 0)
        wait.cancel()
        #expect(await wait.value == .cancelled)
        let early = Task {
            while !Task.isCancelled { await Task.yield() }
            return await table.wait(for: namespace, beyond: 0, until: far)
        }
        early.cancel()
        #expect(await early.value == .cancelled)
        #expect(table.waiting == 0)
    }

    @Test("of waits that are cancelled and reached at once each ends once, and no note is left")
    func races() async {
        table.join(namespace)
        for revision in 1...500 {
            let waits = (0..<4).map { _ in
                Task { await table.wait(for: namespace, beyond: Int64(revision - 1), until: far) }
            }
            async let reached: Void = table.namespace(namespace, reached: Int64(revision))
            for wait in waits { wait.cancel() }
            await reached
            for wait in waits { #expect(await wait.value != .timedOut) }
        }
        #expect(table.waiting == 0)
    }
}

@Suite struct NamespaceWatchTests {
    private static var soon: ContinuousClock.Instant { .now + .seconds(60) }

    /// Takes steps until so many changes are seen.
    private static func changes(of watch: NamespaceWatch, _ count: Int) async throws(Failure) -> [ConfigView] {
        var seen: [ConfigView] = []
        while seen.count < count {
            guard case .changes(let changes) = try await watch.next(until: soon) else { break }
            seen += changes
        }
        return seen
    }

    private static func positions(_ changes: [ConfigView]) -> [RevisionPosition] {
        changes.map(\.entry.version.position)
    }

    @Test("a watch begins with what happens from now on, and tells of it at once")
    func fresh() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("old", 1)
        let watch = try await fixture.watch()
        let step = Task { try await watch.next(until: Self.soon) }
        try await fixture.put("a", 2)
        guard case .changes(let changes) = try await step.value else {
            Issue.record("no changes")
            return
        }
        #expect(changes.map(\.entry.key.text) == ["a"] && changes[0].value == 2)
    }

    @Test("changes come in their order, without gap and repeat, while writers race")
    func order() async throws {
        let fixture = try await ConfigurationFixture()
        let watches = [try await fixture.watch(), try await fixture.watch(), try await fixture.watch()]
        let end = 1 + Int64(4 * 50)
        let readers = watches.map { watch in Task { try await Self.changes(of: watch, 400) } }
        let writers = (0..<4).map { writer in
            Task {
                for value in 0..<50 {
                    _ = try await fixture.batch([
                        ConfigEdit(ConfigurationFixture.key("a\(writer)"), .assign(.integer(Int64(value)))),
                        ConfigEdit(ConfigurationFixture.key("b\(writer)"), .assign(.integer(Int64(value)))),
                    ])
                }
            }
        }
        for writer in writers { try await writer.value }
        let expected = (2...end).flatMap { revision in
            [RevisionPosition(revision: revision, ordinal: 0), RevisionPosition(revision: revision, ordinal: 1)]
        }
        for reader in readers { #expect(Self.positions(try await reader.value) == expected) }
    }

    @Test("a watch resumes behind each position, in the midst of a revision too")
    func resumption() async throws {
        let fixture = try await ConfigurationFixture()
        for round in 0..<3 {
            _ = try await fixture.batch(
                (0..<4).map { ConfigEdit(ConfigurationFixture.key("k\($0)"), .assign(.integer(Int64(round)))) })
        }
        let all = Self.positions(
            try await Self.changes(of: try await fixture.watch(after: .end(of: 0)), 12))
        #expect(all.count == 12)
        for (place, position) in all.enumerated().dropLast() {
            let watch = try await fixture.watch(after: position)
            let rest = Self.positions(try await Self.changes(of: watch, 11 - place))
            #expect(rest == Array(all[(place + 1)...]))
            #expect(watch.position == all.last)
        }
        let future = await failure { () async throws(Failure) in try await fixture.watch(after: .end(of: 5)) }
        #expect(future?.rules == ["?since unknown_revision"])
    }

    @Test("more changes than a page has come page by page")
    func pages() async throws {
        let fixture = try await ConfigurationFixture()
        _ = try await fixture.batch(
            (0..<250).map { ConfigEdit(ConfigurationFixture.key("k\($0)"), .assign(1)) })
        let watch = try await fixture.watch(after: .end(of: 1))
        var sizes: [Int] = []
        for _ in 0..<3 {
            guard case .changes(let changes) = try await watch.next(until: Self.soon) else { break }
            sizes.append(changes.count)
        }
        #expect(sizes == [100, 100, 50])
    }

    @Test("a change of the namespace itself tells nothing and is passed")
    func namespaceChanges() async throws {
        let fixture = try await ConfigurationFixture()
        let watch = try await fixture.watch()
        let step = Task { try await watch.next(until: Self.soon) }
        try await fixture.update(description: .set(try Description("d")))
        while watch.position.revision < 2 { await Task.yield() }
        try await fixture.put("a", 1)
        guard case .changes(let changes) = try await step.value else {
            Issue.record("no changes")
            return
        }
        #expect(Self.positions(changes) == [RevisionPosition(revision: 3, ordinal: 0)])
    }

    @Test("a namespace that is deleted ends its watches, waiting or not")
    func deletion() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1)
        let (waiting, idle) = (try await fixture.watch(), try await fixture.watch())
        let step = Task { try await waiting.next(until: Self.soon) }
        while fixture.table.waiting == 0 { await Task.yield() }
        try await fixture.deleteNamespace()
        #expect(try await step.value == .ended)
        #expect(try await idle.next(until: Self.soon) == .ended)
        let gone = await failure { () async throws(Failure) in try await fixture.watch() }
        #expect(gone?.code == .namespaceNotFound)
    }

    @Test("a watch is a sequence of the changes in their order, which ends with the namespace")
    func sequence() async throws {
        let fixture = try await ConfigurationFixture()
        let watch = try await fixture.watch()
        let reader = Task {
            var keys: [String] = []
            for try await step in watch {
                guard case .changes(let changes) = step else { continue }
                keys += changes.map(\.entry.key.text)
            }
            return keys
        }
        let start = watch.position.revision
        for key in ["a", "b"] { try await fixture.put(key, 1) }
        try await until("both changes are read") { watch.position.revision == start + 2 }
        try await fixture.deleteNamespace()
        #expect(try await reader.value == ["a", "b"])
    }

    @Test("a deadline ends a wait with nothing, a cancellation fails it, and a watch that is gone has left")
    func ends() async throws {
        let fixture = try await ConfigurationFixture()
        do {
            let watch = try await fixture.watch()
            #expect(try await watch.next(until: .now) == .nothing)
            let step = Task { try await watch.next(until: .now + .seconds(5)) }
            while fixture.table.waiting == 0 { await Task.yield() }
            fixture.table.expire(at: .now + .seconds(6))
            #expect(try await step.value == .nothing)
            let cancelled = Task { () async throws(Failure) in try await watch.next(until: Self.soon) }
            while fixture.table.waiting == 0 { await Task.yield() }
            cancelled.cancel()
            guard case .failure(let error as Failure) = await cancelled.result else {
                Issue.record("a cancelled watch answered")
                return
            }
            #expect(error.code == .cancelled)
            #expect(fixture.table.count == 1)
        }
        while fixture.table.count > 0 { await Task.yield() }
        #expect(fixture.table.namespaces.isEmpty)
    }

    @Test("what no news told of is found by asking")
    func lostNews() async throws {
        let fixture = try await ConfigurationFixture()
        // Commits of this one tell nobody.
        let table = WatchTable()
        let silent = WatchNamespace(
            transactions: fixture.memory, authorizer: PolicyAuthorizer.forTests(), sealer: fixture.sealer, table: table)
        let watch = try await silent.execute(
            WatchNamespace.Input(namespace: fixture.namespace, after: nil), as: fixture.viewer)
        let step = Task { try await watch.next(until: Self.soon) }
        while table.waiting == 0 { await Task.yield() }
        try await fixture.put("a", 1)
        #expect(table.waiting == 1)
        let cache = ConfigCache(bytes: 0)
        try await FollowRevisions(feed: MemoryRevisionFeed(fixture.memory), cache: cache, table: table)
            .ask()
        guard case .changes(let changes) = try await step.value else {
            Issue.record("no changes")
            return
        }
        #expect(changes.map(\.entry.key.text) == ["a"])
    }

    @Test("secrets are masked whoever watches, and what became one is masked from then on")
    func secrets() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "hidden", secret: true)
        try await fixture.put("later", "open")
        func all() async throws -> [JSONValue?] {
            let watch = try await fixture.useCases.watchNamespace.execute(
                WatchNamespace.Input(namespace: fixture.namespace, after: .end(of: 1)), as: fixture.member)
            guard case .changes(let changes) = try await watch.next(until: Self.soon) else { return [] }
            return changes.map(\.value)
        }
        #expect(try await all() == [nil, "open"])
        try await fixture.patch("later", ConfigPatch(isSecret: true))
        #expect(try await all() == [nil, nil, nil])
        #expect(fixture.reveals == 0)
    }

    @Test("a thousand watchers of one namespace cost one read for each page")
    func thousand() async throws {
        let counted = CountedReadsBox()
        let fixture = try await ConfigurationFixture { counted.wrap($0) }
        var watches: [NamespaceWatch] = []
        for _ in 0..<1000 { watches.append(try await fixture.watch()) }
        let steps = watches.map { watch in Task { try await Self.changes(of: watch, 250) } }
        while fixture.table.waiting < 1000 { await Task.yield() }
        let before = counted.reads
        _ = try await fixture.batch(
            (0..<250).map { ConfigEdit(ConfigurationFixture.key("k\($0)"), .assign(1)) })
        for step in steps { #expect(try await step.value.count == 250) }
        #expect(counted.reads - before == 3)
    }
}

/// Holds what a fixture's transactions were wrapped into.
private final class CountedReadsBox {
    private var counted: CountedReads?

    func wrap(_ transactions: MemoryTransactions) -> any Transactions {
        let counted = CountedReads(transactions)
        self.counted = counted
        return counted
    }

    var reads: Int { counted?.ofChanges ?? 0 }
}
