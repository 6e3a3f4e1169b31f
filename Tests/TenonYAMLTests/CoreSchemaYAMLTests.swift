import TenonDomain
import TenonKit
import TenonYAML
import Testing

@Suite struct CoreSchemaYAMLTests {
    private func parse(_ text: String) throws(Failure) -> JSONValue {
        try CoreSchemaYAML().parse(Array(text.utf8), limits: JSONLimits()).value
    }

    @Test(
        "A plain scalar is what the core schema says, with every digit",
        arguments: [
            ("null", "null"), ("Null", "null"), ("NULL", "null"), ("~", "null"), ("", "null"), ("true", "true"),
            ("True", "true"), ("TRUE", "true"), ("false", "false"), ("False", "false"), ("FALSE", "false"),
            ("0", "0"), ("-12", "-12"), ("+12", "12"), ("0777", "777"), ("-007", "-7"), ("0x1F", "31"),
            ("0o17", "15"), ("0xffffffffffffffff", "18446744073709551615"), ("1.10", "1.10"), (".5", "0.5"),
            ("-.50", "-0.50"), ("5.", "5"), ("1e3", "1e3"), ("1.E+3", "1e3"), ("1.5e-3", "0.0015"), ("00.1", "0.1"),
            ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ])
    func values(plain: String, json: String) throws {
        #expect(try parse("- \(plain)").description == "[\(json)]")
        #expect(try parse("{a: \(plain)}").description == "{\"a\":\(json)}")
    }

    @Test(
        "What only YAML 1.1 takes for something else is a string, and so is what is quoted",
        arguments: [
            "yes", "No", "on", "OFF", "y", "2026-01-01", "2026-01-01T00:00:00Z", "12:30:00", "1_000", "0b11", "0x",
            "0o8", "-0x1", "nULL", "tRUE", "1e", "1e+", ".", "-a", "+", "..1", "1.2.3", "0xG", "1,5", "inf", "NaN", "=",
        ])
    func strings(plain: String) throws {
        #expect(try parse("a: \(plain)") == ["a": .string(plain)])
        for quoted in ["'\(plain)'", "\"\(plain)\"", "|-\n  \(plain)", ">-\n  \(plain)", "!!str '\(plain)'"] {
            #expect(try parse("a: \(quoted)") == ["a": .string(plain)])
        }
    }

    @Test("Quoted numbers and words are strings; a tag of the core schema makes them what it says")
    func tags() throws {
        #expect(try parse("['1', \"true\", '~', !!str 1, !!str , !!str true]") == ["1", "true", "~", "1", "", "true"])
        #expect(
            try parse("[!!int '12', !!float 1, !!float '1.5', !!bool 'true', !!null '']")
                == [12, 1, .number(try JSONNumber("1.5")), true, .null])
        #expect(try parse("!!map {a: !!seq [!<tag:yaml.org,2002:int> 1]}") == ["a": [1]])
        #expect(try parse("%TAG !c! tag:yaml.org,2002:\n--- !c!str 1") == "1")
    }

    @Test("Keys are taken by their text")
    func keys() throws {
        let value = try parse(
            "8080: a\ntrue: b\n~: c\n1.10: d\n\"<<\": e\n!!str f: f\n? g\n: g\n&h h: h\ni: *h")
        #expect(value.objectValue?.map(\.name) == ["8080", "true", "~", "1.10", "<<", "f", "g", "h", "i"])
        #expect(value["i"] == "h")
        #expect(try parse("- &k name\n- *k : x\n") == ["name", ["name": "x"]])
    }

    @Test("Anchors, aliases and merge keys repeat what they name; a mapping's own members go first")
    func aliases() throws {
        let value = try parse(
            """
            base: &base {a: 1, b: [2]}
            same: *base
            own:
              <<: *base
              a: 3
            several: {c: 0, <<: [*base, {b: 4, d: 5}]}
            again: &base x
            last: *base
            """)
        #expect(
            value == [
                "base": ["a": 1, "b": [2]], "same": ["a": 1, "b": [2]], "own": ["a": 3, "b": [2]],
                "several": ["c": 0, "a": 1, "b": [2], "d": 5], "again": "x", "last": "x",
            ])
    }

    @Test(
        "What has no value here is refused with its line",
        arguments: [
            ("a: 1\nb: .inf", 2), ("- -.INF", 1), ("- .NaN", 1), ("- !!float .nan", 1), ("- !!binary aGk=", 1),
            ("a:\n- !own x", 2), ("- ! 1", 1), ("- !!set {a}", 1), ("- !!timestamp 2026-01-01", 1), ("- !!int x", 1),
            ("- !!int 1.5", 1), ("- !!bool yes", 1), ("- !!null x", 1), ("- !!str [a]", 1), ("- !!seq {a: 1}", 1),
            ("a: 1\n[b]: 2", 2), ("{b: 1}: 2", 1), ("? [b]\n: 2", 1), ("!!int 1: 2", 1), ("- &a [1]\n- *a : 1", 2),
            ("a: 1\n---\nb: 2", 2), ("a: 1\n...\nb", 3), ("", 1), ("# nothing", 1), ("a: 'b\n\nc", 1), ("a: b: c", 1),
            ("a: 1\n b: 2", 2), ("a:\n\t- b", 2), ("a: 1\nb\nc: 2", 2), ("a: [1\nb: 2", 2), ("a: @b", 1),
            ("\n\u{1}", 2),
            ("a: \"\\0\"", 1), ("\"\\0\": a", 1), ("- *a", 1), ("- &a [*a]", 1), ("- &a 1\n- &a {b: *a}", 2),
            ("<<: 1", 1), ("<<: [{a: 1}, 2]", 1), ("<<: {a: 1}\n<<: {b: 1}", 2), ("%YAML 1.3\n--- a", 1),
        ])
    func refused(document: String, line: Int) {
        let failure = #expect(throws: Failure.self) { try parse(document) }
        #expect(failure?.code == .validationFailed)
        #expect(failure?.violations.count == 1)
        #expect(failure?.detail.hasPrefix("Line \(line): ") == true, "\(failure?.detail ?? "")")
    }

    @Test("A key twice in a mapping is refused with both lines")
    func duplicates() {
        let failure = #expect(throws: Failure.self) { try parse("a:\n  b: 1\n  c: 2\n  'b': 3\n") }
        #expect(failure?.detail == #"Line 4: duplicate key "b", first used in line 2."#)
        #expect(failure?.violations.first?.code == "duplicate_key")
    }

    @Test("A number of more digits than are kept is refused, never rounded")
    func numberBounds() {
        for text in [String(repeating: "1", count: 39), "1e309", "0x" + String(repeating: "f", count: 32)] {
            let failure = #expect(throws: Failure.self) { try parse("a: \(text)") }
            #expect(failure?.violations.map(\.code) == ["number_out_of_bounds"])
        }
    }

    @Test("The lines of the root's members and of the elements of 'configs' are told")
    func lines() throws {
        let text = "# c\nnamespace: n\nconfigs:\n  - key: a\n    value: |\n      x\n\n  -\n    key: b\n  - {key: c}\n"
        let tree = try CoreSchemaYAML().parse(Array(text.utf8), limits: JSONLimits())
        #expect(tree.memberLines == [2, 3])
        #expect(tree.configLines == [4, 9, 10])
        let documents = ConfigDocuments(yaml: CoreSchemaYAML())
        #expect(try documents.read(Array(text.utf8), as: .yaml).map(\.line) == [4, 9, 10])
        let merged = "x: &x {b: 1, c: 2}\na: 0\n<<: *x\n"
        let plain = try documents.read([0xEF, 0xBB, 0xBF] + Array(merged.utf8), as: .yaml)
        #expect(plain.map(\.key) == ["x", "a", "b", "c"])
        #expect(plain.map(\.line) == [1, 2, 3, 3])
        let aliased = "namespace: &c [{key: a}]\nconfigs: *c\n"
        #expect(try documents.read(Array(aliased.utf8), as: .yaml).map(\.line) == [2])
    }

    @Test("JSON is YAML with the same value")
    func json() throws {
        let text = #"{"a":[1,-2.50,true,null,"x\n\"\u00e9\/"],"b":{"":{}},"c":[]}"#
        #expect(try parse(text) == JSONParser.parse(text))
    }
}
