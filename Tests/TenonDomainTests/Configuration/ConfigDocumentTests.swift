import TenonDomain
import TenonKit
import TestSupport
import Testing

/// For tests that have no YAML.
private struct NoYAML: YAMLCodec {
    func parse(
        _ bytes: [UInt8], limits: JSONLimits, charging budget: RequestBudget
    ) throws(Failure) -> ConfigDocumentTree { throw .bug("no YAML") }
    func print(_ value: JSONValue) -> [UInt8] { [] }
}

@Suite struct ConfigDocumentTests {
    private let documents = ConfigDocuments(yaml: NoYAML())

    private func entry(_ json: JSONValue) -> JSONObject { json.objectValue! }

    private func read(_ text: String, as format: ConfigFormat = .json) throws(Failure) -> [ConfigDocumentItem] {
        try documents.read(Array(text.utf8), as: format)
    }

    @Test("In the plain form every member is a key and its value")
    func plain() throws {
        let items = try read(
            "\u{FEFF}{\n\"a\": 1.10, \"b/c\":\n null,\n\n \"d\": {\"e\": [\n]}, \"configs\": {\n\"f\": 1}}")
        #expect(
            items == [
                .init(key: "a", line: 2, pointer: "/a", content: .value(.number(try JSONNumber("1.10")))),
                .init(key: "b/c", line: 2, pointer: "/b~1c", content: .value(.null)),
                .init(key: "d", line: 5, pointer: "/d", content: .value(["e": []])),
                .init(key: "configs", line: 6, pointer: "/configs", content: .value(["f": 1])),
            ])
        #expect(try read("{}").isEmpty)
    }

    @Test("In the full form every element of 'configs' is an entry; namespace and revision are not looked at")
    func full() throws {
        let items = try read(
            """
            {"namespace": ["configs", {"key": 1}], "revision": null, "c\\u006Fnfigs": [
              {"key": "a", "value": [{"key": "x"}, 2]}, {"value": "]}\\"",
               "key": "b"},

              {"key": "A"}
            ]}
            """)
        #expect(items.map(\.key) == ["a", "b", "A"])
        #expect(items.map(\.line) == [2, 2, 5])
        #expect(items.map(\.pointer) == ["/configs/0", "/configs/1", "/configs/2"])
        #expect(items[1].content == .entry(entry(["value": "]}\"", "key": "b"])))
        #expect(try read(#"{"configs": []}"#).isEmpty)
    }

    @Test(
        "A document that has neither form is refused with every line that is wrong",
        arguments: [
            ("[1]", ["Line 1: expected an object of keys and values."]),
            (
                "{\"configs\": [1,\n{\"key\": 1}, {}],\n\"other\": 1}",
                [
                    "Line 3: only 'namespace' and 'revision' are allowed beside the array 'configs'.",
                    "Line 1: expected an object with a string 'key'.",
                    "Line 2: expected an object with a string 'key'.",
                    "Line 2: expected an object with a string 'key'.",
                ]
            ),
            (
                "{\"configs\": [{\"key\": \"a\"},\n{\"key\": \"b\"},\n{\"key\": \"a\"}]}",
                [#"Line 3: duplicate key "a", first used in line 1."#]
            ),
            ("{\n\"a\": {\"a\": 1},\n\"\\u0061\": 2}", [#"Line 3: duplicate key "a", first used in line 2."#]),
            ("{\n\"a\": {\"b\": 1,\n\"b\": 1}}", [#"Line 3: duplicate member "b" in one object."#]),
            ("{\"a\":\n1,}", ["Line 2: expected a member's name in double quotes."]),
            ("", ["Line 1: expected a JSON value."]),
        ])
    func refused(document: String, details: [String]) {
        let failure = #expect(throws: Failure.self) { try read(document) }
        #expect(failure?.code == .validationFailed)
        #expect(failure?.violations.map(\.detail) == details)
    }

    @Test("A document has at most 10,000 items, and a refusal at most 100 violations")
    func bounds() throws {
        func document(_ count: Int) -> String {
            "{" + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",\n") + "}"
        }
        #expect(try read(document(10_000)).count == 10_000)
        let failure = #expect(throws: Failure.self) { try read(document(10_001)) }
        #expect(failure?.violations.map(\.code) == ["too_many_items"])
        #expect(failure?.violations.map(\.pointer) == ["/k10000"])
        let lines = #expect(throws: Failure.self) { try read(String(repeating: "A=1\n", count: 20_000), as: .env) }
        #expect(lines?.violations.map(\.detail) == ["Line 10001: a document must have at most 10000 keys."])
        let many = "{\"configs\":[" + Array(repeating: "1", count: 1000).joined(separator: ",") + "]}"
        #expect(#expect(throws: Failure.self) { try read(many) }?.violations.count == 100)
    }

    @Test("A value nested as deep as an entry's may be is read in an entry; a deeper one is refused")
    func depth() throws {
        func document(_ depth: Int) -> String {
            "{\"configs\":[{\"key\":\"a\",\"value\":" + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth) + "}]}"
        }
        #expect(try read(document(64)).count == 1)
        let failure = #expect(throws: Failure.self) { try read(document(65)) }
        #expect(failure?.violations.map(\.code) == ["nesting_too_deep"])
    }

    @Test("An export as JSON is read back with every entry and every digit")
    func json() throws {
        let entries: [JSONObject] = [
            entry(["key": "a", "value": .number(try JSONNumber("1.10")), "value_type": "number"]),
            entry(["key": "s", "value": .null, "masked": true, "value_type": "string", "is_secret": true]),
        ]
        let written = documents.write(ConfigExport(namespace: "n", revision: 7, entries: entries), as: .json)
        #expect(
            String(decoding: written, as: UTF8.self).hasPrefix(
                "{\n  \"namespace\": \"n\",\n  \"revision\": 7,\n  \"configs\": [\n"))
        let items = try documents.read(written, as: .json)
        #expect(items.map(\.content) == entries.map { .entry($0) })
        #expect(items[0].content == .entry(entries[0]) && String(decoding: written, as: UTF8.self).contains("1.10"))
    }

    @Test("Lines show texts bare where that is safe, all else in quotes, and no masked value")
    func env() throws {
        let values: [(String, JSONValue)] = [
            ("A", "plain-text_1./:@%+,"), ("B", ""), ("C", "a b"), ("D", "a\n\"b\"\\ $c #"), ("E", true), ("F", 10),
            ("G", ["x": ["y", 1]]), ("H", .null), ("I", "é"), ("J", "it's"), ("K", "=x"),
        ]
        var entries = values.map { entry(["key": .string($0.0), "value": $0.1]) }
        entries.append(entry(["key": "S", "value": .null, "masked": true]))
        let written = documents.write(ConfigExport(namespace: "n", revision: 1, entries: entries), as: .env)
        let expected = #"""
            A=plain-text_1./:@%+,
            B=''
            C='a b'
            D='a
            "b"\ $c #'
            E=true
            F=10
            G='{"x":["y",1]}'
            H=null
            I='é'
            J="it's"
            K='=x'
            # S is masked

            """#
        #expect(String(decoding: written, as: UTF8.self) == expected)
        let texts = values.map { $0.1.stringValue ?? $0.1.description }
        #expect(try documents.read(written, as: .env).map(\.content) == texts.map { .text($0) })
    }

    @Test("Any text is read back from its line")
    func anyText() throws {
        var random = SplitMix64(seed: 11)
        let alphabet = Array("aZ09 \t\n\r\"'\\$#=`{}é😀\u{1}\u{7F}\u{85}\u{2028}\u{FEFF}-".unicodeScalars)
        for _ in 0..<2000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...8, using: &random) { text.append(alphabet.randomElement(using: &random)!) }
            let entries = ["K", "L"].map { entry(["key": .string($0), "value": .string(String(text))]) }
            let lines = documents.write(ConfigExport(namespace: "n", revision: 1, entries: entries), as: .env)
            let read = try documents.read(lines, as: .env).map { item -> [UInt8] in
                if case .text(let text) = item.content { Array(text.utf8) } else { [] }
            }
            #expect(read == Array(repeating: Array(String(text).utf8), count: 2))
        }
    }
}
