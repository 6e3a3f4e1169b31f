import TenonApplication
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// What the audit log tells of changed entries and namespaces.
@Suite struct ConfigChangesTests {
    private func change(_ fixture: ConfigurationFixture, _ action: String) throws -> ResourceChange {
        try #require(fixture.memory.auditRecords.last { $0.action == action }).change
    }

    @Test("an update tells the members that differ, as they were and as they are")
    func update() async throws {
        let fixture = try await ConfigurationFixture()
        let key = try ConfigKey("app_name")
        for value in ["one", "two"] {
            _ = try await fixture.useCases.putConfig.execute(
                PutConfig.Input(
                    namespace: fixture.namespace, key: key, draft: try ConfigDraft(value: .string(value), type: .string)
                ), as: fixture.member)
        }
        let created = try change(fixture, "configuration.config_created")
        #expect(created.before.isEmpty)
        #expect(created.after["value"] == "one")
        #expect(created.after["value_type"] == "string")
        let updated = try change(fixture, "configuration.config_updated")
        #expect(updated.before == ["value": "one"])
        #expect(updated.after == ["value": "two"])
    }

    @Test("of a secret's value a digest is told, the same one for the same value and another one for each tenant")
    func secrets() async throws {
        let fixture = try await ConfigurationFixture()
        let key = try ConfigKey("password")
        for (value, isSecret) in [("hunter2", true), ("other", true), ("hunter2", true), ("shown", false)] {
            _ = try await fixture.useCases.putConfig.execute(
                PutConfig.Input(
                    namespace: fixture.namespace, key: key,
                    draft: try ConfigDraft(value: .string(value), type: .string, isSecret: isSecret)),
                as: fixture.member)
        }
        let changes = fixture.memory.auditRecords.filter { $0.resource.kind == "config" }.map(\.change)
        #expect(changes.count == 4)
        let digests = changes.map { $0.after["value"]?["digest"]?.stringValue }
        #expect(digests[0] != nil)
        #expect(digests[0] == digests[2])
        #expect(digests[0] != digests[1])
        #expect(changes[1].before["value"]?["digest"]?.stringValue == digests[0])
        // What is no secret any more was one before.
        #expect(digests[3] != nil)
        #expect(
            changes.allSatisfy { change in
                let text = "\(JSONValue.members(change.before)) \(JSONValue.members(change.after))"
                return !text.contains("hunter2") && !text.contains("shown") && !text.contains("bytes")
            })
    }

    @Test("a long value is told by its digest and size, and many entries up to a number")
    func bounds() async throws {
        let fixture = try await ConfigurationFixture()
        let long = String(repeating: "x", count: 5000)
        _ = try await fixture.useCases.putConfig.execute(
            PutConfig.Input(
                namespace: fixture.namespace, key: try ConfigKey("long"),
                draft: try ConfigDraft(value: .string(long), type: .string)), as: fixture.member)
        #expect(try change(fixture, "configuration.config_created").after["value"]?["bytes"] == 5002)
        let draft = try ConfigDraft(value: "v", type: .string)
        let edits = try (0..<70).map { ConfigEdit(try ConfigKey("key_\($0)"), .put(draft)) }
        _ = try await fixture.useCases.batchConfigs.execute(
            ReviseConfigs.Input(namespace: fixture.namespace, edits: edits), as: fixture.member)
        let many = try change(fixture, "configuration.configs_revised")
        #expect(many.after.count == 50)
        #expect(many.omitted == 20)
        #expect(many.after["key_0"]?["value"] == "v")
    }

    @Test("a namespace tells what it was made as, what changed, and what it was")
    func namespaces() async throws {
        let fixture = try await ConfigurationFixture()
        #expect(try change(fixture, "configuration.namespace_created").after["name"] == "app")
        try await fixture.update(requiresIfMatch: true, description: .set(try Description("new")))
        let updated = try change(fixture, "configuration.namespace_updated")
        #expect(updated.before == ["description": .null, "require_if_match": false])
        #expect(updated.after == ["description": "new", "require_if_match": true])
        try await fixture.deleteNamespace()
        let deleted = try change(fixture, "configuration.namespace_deleted")
        #expect(deleted.before["description"] == "new")
        #expect(deleted.after.isEmpty)
    }
}
