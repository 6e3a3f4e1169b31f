import TenonKit
import TestSupport
import Testing

private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(text) }

@Suite struct JSONPatchTests {
    @Test("a difference is structural and small")
    func small() throws {
        func diff(_ from: String, _ to: String) throws -> String {
            try JSONPatch.diff(from: try parse(from), to: try parse(to)).json.description
        }
        #expect(try diff(#"{"a": 1, "b": 2}"#, #"{"b": 2.0, "a": 1}"#) == "[]")
        #expect(
            try diff(
                #"{"a": {"b/c": 1, "d": 2, "e": "a text that stays where it is, as it is"}}"#,
                #"{"a": {"b/c": 3, "f": 4, "e": "a text that stays where it is, as it is"}}"#)
                == #"[{"op":"replace","path":"/a/b~1c","value":3},{"op":"remove","path":"/a/d"},"#
                + #"{"op":"add","path":"/a/f","value":4}]"#)
        let items = (0..<40).map { "{\"id\": \($0)}" }
        func list(_ items: some Sequence<String>) -> String { "[" + items.joined(separator: ",") + "]" }
        #expect(try diff(list(items), list(items.dropFirst())) == #"[{"op":"remove","path":"/0"}]"#)
        #expect(
            try diff(list(items.dropLast().filter { $0 != items[7] }), list(items))
                == #"[{"op":"add","path":"/7","value":{"id":7}},{"op":"add","path":"/39","value":{"id":39}}]"#)
        var changed = items
        changed[3] = #"{"id": 3, "on": true}"#
        #expect(try diff(list(items), list(changed)) == #"[{"op":"add","path":"/3/on","value":true}]"#)
        #expect(try diff("[1]", "{}") == #"[{"op":"replace","path":"","value":{}}]"#)
    }

    @Test("a difference, applied, leads to the target, whatever the two values are")
    func property() throws {
        var random = SplitMix64(seed: 6902)
        for _ in 0..<2000 {
            let from = Self.value(3, &random)
            let to = Bool.random(using: &random) ? Self.value(3, &random) : Self.changed(from, &random)
            let patch = try JSONPatch.diff(from: from, to: to)
            #expect(try patch.applied(to: from) == to, "from \(from) to \(to) by \(patch.json)")
            #expect(try JSONPatch.diff(from: to, to: to).operations.isEmpty)
        }
    }

    @Test("large values with nothing, little or everything in common have a bounded difference")
    func bounded() throws {
        let from = JSONValue.array((0..<100_000).map { .integer($0) })
        let other = JSONValue.array((0..<100_000).map { .integer(-1 - $0) })
        #expect(try JSONPatch.diff(from: from, to: other).operations.count == 1)
        let shuffled = JSONValue.array((0..<100_000).map { .integer($0 * 7 % 100_000) })
        #expect(try JSONPatch.diff(from: from, to: shuffled).applied(to: from) == shuffled)
        // Many small changes below a long name would repeat it in every path.
        func named(_ values: [JSONValue]) -> JSONValue {
            .object(
                JSONObject([
                    (
                        String(repeating: "n", count: 100_000),
                        .object(JSONObject(values.enumerated().map { ("\($0)", $1) }))
                    )
                ]))
        }
        let patch = try JSONPatch.diff(
            from: named(Array(repeating: 1, count: 1000)), to: named(Array(repeating: 2, count: 1000)))
        #expect(patch.json.encoded().count < 250_000)
    }

    @Test("the six operations do what RFC 6902 shows", arguments: examples)
    func operations(example: (document: String, patch: [JSONPatch.Operation], result: String)) throws {
        #expect(try JSONPatch(example.patch).applied(to: parse(example.document)) == parse(example.result))
    }

    private static let examples: [(document: String, patch: [JSONPatch.Operation], result: String)] = [
        (#"{"foo": "bar"}"#, [.add(path: "/baz", value: "qux")], #"{"baz": "qux", "foo": "bar"}"#),
        (#"{"foo": ["bar", "baz"]}"#, [.add(path: "/foo/1", value: "qux")], #"{"foo": ["bar", "qux", "baz"]}"#),
        (#"{"foo": ["bar"]}"#, [.add(path: "/foo/-", value: ["abc"])], #"{"foo": ["bar", ["abc"]]}"#),
        (#"{"baz": "qux", "foo": "bar"}"#, [.remove(path: "/baz")], #"{"foo": "bar"}"#),
        (#"{"foo": ["bar", "qux", "baz"]}"#, [.remove(path: "/foo/1")], #"{"foo": ["bar", "baz"]}"#),
        (#"{"baz": "qux"}"#, [.replace(path: "/baz", value: "boo")], #"{"baz": "boo"}"#),
        (#"[1]"#, [.replace(path: "", value: .null)], "null"),
        (
            #"{"foo": {"bar": "baz", "waldo": "fred"}, "qux": {}}"#, [.move(from: "/foo/waldo", path: "/qux/thud")],
            #"{"foo": {"bar": "baz"}, "qux": {"thud": "fred"}}"#
        ),
        (#"[1, 2, 3]"#, [.move(from: "/0", path: "/2"), .copy(from: "/0", path: "/-")], "[2, 3, 1, 2]"),
        (
            #"{"/": 9, "~1": 10}"#, [.test(path: "/~01", value: 10), .test(path: "/~1", value: 9)],
            #"{"/": 9, "~1": 10}"#
        ),
    ]

    @Test(
        "an operation that cannot be done fails, with its place in the patch",
        arguments: [
            .add(path: "/a/b", value: 1), .add(path: "/list/3", value: 1), .add(path: "a", value: 1),
            .remove(path: "/none"), .remove(path: ""), .remove(path: "/list/-"), .remove(path: "/list/01"),
            .replace(path: "/none", value: 1), .move(from: "/list", path: "/list/0"),
            .copy(from: "/list/9", path: "/c"),
            .test(path: "/list/0", value: "1"), .test(path: "/~2", value: 1), .test(path: "/~", value: 1),
        ] as [JSONPatch.Operation])
    func refused(operation: JSONPatch.Operation) throws {
        let failure = #expect(throws: KitError.self) {
            try JSONPatch([.test(path: "", value: ["list": [1, 2]]), operation]).applied(to: ["list": [1, 2]])
        }
        #expect(failure?.violations.map { "\($0.pointer) \($0.code)" } == ["/1 patch_failed"])
    }

    private static func value(_ depth: Int, _ random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(.random(in: 0..<3, using: &random))
        case 3, 4: return .string(["", "a", "é", "e\u{301}", "/~"].randomElement(using: &random)!)
        case 5:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<5, using: &random) {
                object[["a", "b/", "~c", "", "é", "e\u{301}"].randomElement(using: &random)!] = value(
                    depth - 1, &random)
            }
            return .object(object)
        default:
            let count = Int.random(in: 0..<7, using: &random)
            return .array((0..<count).map { _ in value(depth - 1, &random) })
        }
    }

    /// The value with a few of its parts changed, added or removed.
    private static func changed(_ value: JSONValue, _ random: inout SplitMix64) -> JSONValue {
        switch value {
        case .array(var elements):
            if elements.isEmpty { return [1] }
            let place = elements.indices.randomElement(using: &random)!
            switch Int.random(in: 0..<3, using: &random) {
            case 0: elements.remove(at: place)
            case 1: elements.insert(Self.value(1, &random), at: place)
            default: elements[place] = changed(elements[place], &random)
            }
            return .array(elements)
        case .object(var members):
            guard let (name, member) = members.randomElement(using: &random) else { return ["a": 1] }
            members[name] = Bool.random(using: &random) ? nil : changed(member, &random)
            return .object(members)
        default: return Self.value(2, &random)
        }
    }
}

extension JSONObject {
    fileprivate init(_ members: [(String, JSONValue)]) {
        self.init()
        for (name, value) in members { self[name] = value }
    }
}

@Suite struct JSONMergePatchTests {
    @Test(
        "the examples of RFC 7396 come out as it says",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
            (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ] as [(String, String, String)])
    func examples(original: String, patch: String, result: String) throws {
        #expect(try parse(original).merging(parse(patch)).description == result)
    }
}
