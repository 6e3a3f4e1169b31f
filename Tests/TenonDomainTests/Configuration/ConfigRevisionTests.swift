import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct ConfigRevisionTests {
    private let ids = Identifiers.forTests()
    private let clock = ManualClock()
    private let namespace: Namespace

    init() throws {
        namespace =
            Namespace.create(
                id: ids.next(), tenant: ids.next(), name: try NamespaceName("n"), description: nil, by: "t",
                at: clock.now()
            ).0
    }

    private func address(_ key: String) throws -> ConfigAddress {
        try ConfigAddress(key, in: namespace.name)
    }

    private func set(
        _ key: String, to targets: [String], in revision: inout ConfigRevision, before: ConfigEntry? = nil
    ) throws -> ConfigEntry {
        revision.set(
            try ConfigKey(key), try ConfigDraft(value: "v", type: .string), sealed: SealedBytes([]),
            as: before == nil ? .created : .updated, before: before, id: ids.next(), version: ids.next(),
            references: Set(try targets.map(address)), comment: nil, by: "t")
    }

    private func codes(_ revision: ConfigRevision, _ stored: ReferenceGraph = ReferenceGraph()) -> [String] {
        revision.referenceViolations(stored).sorted { $0.key.text < $1.key.text }.map { key, violation in
            "\(key.text) \(violation.code): \(violation.detail)"
        }
    }

    @Test("changes of one transaction are counted through and share revision and time")
    func positions() throws {
        clock.advance(by: .seconds(5))
        var revision = ConfigRevision(of: namespace, at: clock.now())
        let first = try set("a", to: [], in: &revision)
        let second = try set("b", to: [], in: &revision)
        #expect(revision.namespace.revision == namespace.revision + 1)
        #expect([first, second].map(\.version.position.ordinal) == [0, 1])
        #expect([first, second].allSatisfy { $0.version.position.revision == namespace.revision + 1 })
        #expect([first, second].allSatisfy { $0.version.at == clock.now() && $0.version.number == 1 })
    }

    @Test("a clock that goes backwards does not bring a revision before the one it follows")
    func backwards() {
        let past = namespace.updatedAt - .seconds(60)
        #expect(ConfigRevision(of: namespace, at: past).namespace.updatedAt == namespace.updatedAt)
    }

    @Test("a reference to what is not there is refused by its address")
    func missing() throws {
        var revision = ConfigRevision(of: namespace, at: clock.now())
        _ = try set("a", to: ["b", "other/c"], in: &revision)
        #expect(
            codes(revision, ReferenceGraph(present: [try address("b")]))
                == ["a missing_reference: The reference target other/c does not exist."])
        #expect(codes(revision, ReferenceGraph(present: [try address("b"), try address("other/c")])) == [])
    }

    @Test("entries may refer to others of the same revision, in any order")
    func within() throws {
        var revision = ConfigRevision(of: namespace, at: clock.now())
        _ = try set("a", to: ["b"], in: &revision)
        _ = try set("b", to: [], in: &revision)
        #expect(codes(revision) == [])
    }

    @Test("a circle through the changes themselves is refused")
    func circle() throws {
        var revision = ConfigRevision(of: namespace, at: clock.now())
        _ = try set("a", to: ["b"], in: &revision)
        _ = try set("b", to: ["a"], in: &revision)
        #expect(codes(revision) == ["a reference_cycle: References must not form a cycle: n/a → n/b → n/a."])
    }

    @Test("a circle through what was stored before is refused, and one that a change cuts is none")
    func throughStored() throws {
        let stored = ReferenceGraph(
            edges: [try address("b"): [try address("c")], try address("c"): [try address("a")]],
            present: [try address("a"), try address("b"), try address("c")])
        var revision = ConfigRevision(of: namespace, at: clock.now())
        _ = try set("a", to: ["b"], in: &revision)
        #expect(codes(revision, stored).first?.hasPrefix("a reference_cycle") == true)
        _ = try set("c", to: [], in: &revision)
        #expect(codes(revision, stored) == [])
    }

    @Test("a target that the same revision takes away is not there")
    func deletedTarget() throws {
        var before = ConfigRevision(of: namespace, at: clock.now())
        let target = try set("b", to: [], in: &before)
        var revision = ConfigRevision(of: before.namespace, at: clock.now())
        _ = try set("a", to: ["b"], in: &revision)
        let deleted = revision.delete(target, version: ids.next(), comment: nil, by: "t")
        #expect(deleted.isDeleted && deleted.version.number == 2 && deleted.version.sealedValue == nil)
        #expect(
            codes(revision, ReferenceGraph(present: [try address("b")])) == [
                "a missing_reference: The reference target n/b does not exist."
            ])
    }

    @Test("the event of a revision counts what was done and names no value")
    func event() throws {
        var before = ConfigRevision(of: namespace, at: clock.now())
        let old = try set("a", to: [], in: &before)
        var revision = ConfigRevision(of: before.namespace, at: clock.now())
        _ = try set("a", to: [], in: &revision, before: old)
        _ = try set("b", to: [], in: &revision)
        #expect(revision.revised().details == ["revision": 3, "created": 1, "updated": 1, "deleted": 0])
    }
}

@Suite struct PreconditionTests {
    private func code(_ precondition: Precondition, _ version: Int64?, isRequired: Bool = false) -> FailureCode? {
        do {
            try precondition.check(version, isRequired: isRequired)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("each precondition holds of exactly what it says")
    func table() {
        #expect(code(.none, nil) == nil && code(.none, 3) == nil)
        #expect(code(.present, 3) == nil && code(.present, nil) == .preconditionFailed)
        #expect(code(.absent, nil) == nil && code(.absent, 3) == .preconditionFailed)
        #expect(code(.versions([2, 3]), 3) == nil)
        #expect(code(.versions([2, 3]), 4) == .preconditionFailed)
        #expect(code(.versions([2, 3]), nil) == .preconditionFailed)
        #expect(code(.versions([]), 1) == .preconditionFailed)
    }

    @Test("where one is required, only a change of something that is there needs one")
    func required() {
        #expect(code(.none, 3, isRequired: true) == .preconditionRequired)
        #expect(code(.none, nil, isRequired: true) == nil)
        #expect(code(.present, 3, isRequired: true) == nil)
        #expect(code(.versions([3]), 3, isRequired: true) == nil)
        #expect(code(.versions([2]), 3, isRequired: true) == .preconditionFailed)
    }
}

@Suite struct ConfigPatchTests {
    private func properties(_ type: ConfigValueType, _ rules: JSONValue? = nil) throws -> ConfigProperties {
        try ConfigProperties(
            valueType: type, rules: rules, description: try Description("d"), isSecret: true,
            tags: try ConfigTags(["t"]))
    }

    @Test("a patch of nothing changes nothing")
    func nothing() throws {
        let old = try properties(.number, ["min_value": 1])
        let draft = try ConfigPatch().applied(to: 5, old)
        #expect(draft.properties == old && draft.value.json == 5)
    }

    @Test("objects are merged member by member; null takes one away; anything else is replaced")
    func merging() throws {
        let old = try properties(.json)
        let patch = ConfigPatch(value: ["b": .null, "c": ["d": 2]])
        #expect(
            try patch.applied(to: ["a": 1, "b": 2, "c": ["e": 3]], old).value.json
                == ["a": 1, "c": ["e": 3, "d": 2]])
        #expect(try ConfigPatch(value: [1]).applied(to: ["a": 1], old).value.json == [1])
        #expect(try ConfigPatch(value: .null).applied(to: ["a": 1], old).value.json == .null)
    }

    @Test("null takes the rules, the description and the tags away")
    func removals() throws {
        let patch = ConfigPatch(schema: .removed, description: .removed, isSecret: false, tags: .removed)
        let draft = try patch.applied(to: 5, try properties(.number, ["min_value": 1]))
        #expect(draft.properties.schema.json == nil && draft.properties.description == nil)
        #expect(!draft.properties.isSecret && draft.properties.tags == .none)
    }

    @Test("rules are merged, and the value that stands is checked under them")
    func rules() throws {
        let old = try properties(.number, ["min_value": 1])
        let draft = try ConfigPatch(schema: .set(["max_value": 9])).applied(to: 5, old)
        #expect(draft.properties.schema.json == ["min_value": 1, "max_value": 9])
        #expect(throws: Failure.self) { try ConfigPatch(schema: .set(["max_value": 4])).applied(to: 5, old) }
    }

    @Test("another type is checked with the value and the rules that stay")
    func types() throws {
        #expect(throws: Failure.self) { try ConfigPatch(valueType: .string).applied(to: 5, properties(.number)) }
        let draft = try ConfigPatch(value: "x", valueType: .string).applied(to: 5, properties(.number))
        #expect(draft.value.type == .string)
        #expect(throws: Failure.self) {
            try ConfigPatch(value: "x", valueType: .string).applied(to: 5, properties(.number, ["min_value": 1]))
        }
    }
}
