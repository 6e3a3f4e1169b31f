import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

/// A namespace that a restore of a backup has given a revision far above its history.
@Suite struct RestoredNamespaceTests {
    private static let revision: Int64 = 1_000_000_007
    private static var soon: ContinuousClock.Instant { .now + .seconds(60) }

    /// With one key that has the versions 1 and 2, and one that is deleted in version 2.
    private func restored() async throws -> ConfigurationFixture {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("kept", 1)
        try await fixture.put("kept", 2)
        try await fixture.put("deleted", 1)
        try await fixture.delete("deleted")
        return fixture
    }

    private func restore(_ fixture: ConfigurationFixture) async throws {
        let id = fixture.namespace
        try await fixture.memory.write(in: fixture.tenant, as: fixture.member) { work throws(Failure) in
            let old = try await work.configuration.namespace(id)
            try await work.configuration.save(
                Namespace(
                    id: id, tenant: old.tenant, name: old.name, description: nil, requiresIfMatch: false,
                    revision: Self.revision, restoredRevision: Self.revision, createdBy: old.createdBy,
                    createdAt: old.createdAt, updatedAt: old.updatedAt))
        }
    }

    @Test("open watches, and those that come back from before, are reset once and go on with what happens then")
    func watches() async throws {
        let fixture = try await restored()
        let (waiting, idle) = (try await fixture.watch(), try await fixture.watch())
        let step = Task { try await waiting.next(until: Self.soon) }
        while fixture.table.waiting == 0 { await Task.yield() }
        try await restore(fixture)
        #expect(try await step.value == .reset)
        let late = try await fixture.watch(after: .end(of: 3))
        for watch in [idle, late] { #expect(try await watch.next(until: Self.soon) == .reset) }
        try await fixture.put("kept", 3)
        for watch in [waiting, idle, late, try await fixture.watch(after: .end(of: Self.revision))] {
            guard case .changes(let changes) = try await watch.next(until: Self.soon) else {
                Issue.record("no changes")
                return
            }
            #expect(
                changes.map(\.entry.version.position) == [RevisionPosition(revision: Self.revision + 1, ordinal: 0)])
            #expect(try await watch.next(until: .now) == .nothing)
        }
    }

    @Test("a key's next version is above all that it may have had, and so is the first of a new key")
    func numbers() async throws {
        let fixture = try await restored()
        try await restore(fixture)
        #expect(try await fixture.get("kept").entry.version.number == 2)
        #expect(try await fixture.put("kept", 3).view.entry.version.number == Self.revision + 1)
        #expect(try await fixture.put("kept", 4).view.entry.version.number == Self.revision + 2)
        #expect(try await fixture.put("new", 1).view.entry.version.number == Self.revision + 1)
        #expect(try await fixture.put("new", 2).view.entry.version.number == Self.revision + 2)
        #expect(
            try await fixture.versions("kept").map(\.version.number) == [Self.revision + 2, Self.revision + 1, 2, 1])
    }

    @Test("the version before is found across the gap: by a difference, and for a deleted key that comes back")
    func gaps() async throws {
        let fixture = try await restored()
        try await restore(fixture)
        #expect(try await fixture.restore("deleted").value == 1)
        try await fixture.delete("kept")
        #expect(try await fixture.restore("kept").value == 2)
        try await fixture.put("new", 1)
        func difference(_ key: String, to: Int64? = nil) async throws -> (from: Int64, to: Int64) {
            let output = try await fixture.useCases.diffConfigVersions.execute(
                DiffConfigVersions.Input(namespace: fixture.namespace, key: try ConfigKey(key), to: to),
                as: fixture.member)
            return (output.from, output.to)
        }
        #expect(try await difference("kept", to: Self.revision + 1) == (2, Self.revision + 1))
        #expect(try await difference("kept", to: 2) == (1, 2))
        #expect(try await difference("kept", to: 1) == (0, 1))
        #expect(try await difference("new") == (0, Self.revision + 1))
    }
}
