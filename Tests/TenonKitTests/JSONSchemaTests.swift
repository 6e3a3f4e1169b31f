import Foundation
import TenonKit
import Testing

/// The pointers and codes of what breaks a schema in a value; or, where it is refused, in the schema.
private func violations(_ schema: String, _ value: String = "null") throws -> [String] {
    let json = try JSONParser.parse(schema)
    let violations: [Violation]
    do {
        violations = try JSONSchema(json).violations(of: try JSONParser.parse(value))
    } catch let error as KitError {
        #expect(!error.violations.isEmpty)
        violations = error.violations
    }
    return violations.map { "\($0.pointer) \($0.code)" }
}

@Suite struct JSONSchemaTests {
    @Test("every fault of a value is told with its place")
    func pointers() throws {
        let schema = """
            {
                "type": "object", "required": ["name", "a/b"],
                "properties": {
                    "name": { "type": "string", "minLength": 2, "pattern": "^[a-z]+$" },
                    "ports": { "items": { "type": "integer", "exclusiveMaximum": 65536 }, "uniqueItems": true },
                    "kind": { "enum": ["web", "worker"] },
                    "limits": { "dependentRequired": { "burst": ["rate"] }, "propertyNames": { "maxLength": 5 } }
                },
                "additionalProperties": false
            }
            """
        let value = """
            {
                "name": "A", "ports": [80, 80, 65536, "x"], "kind": "job", "limits": { "burst": 1, "a~thousand": 2 },
                "more": null
            }
            """
        #expect(
            try violations(schema, value) == [
                "/a~1b missing", "/name too_short", "/name pattern_mismatch", "/ports duplicate_items",
                "/ports/2 too_large", "/ports/3 wrong_type", "/kind not_an_option", "/limits/rate missing",
                "/limits/a~0thousand invalid_name", "/more unknown_field",
            ])
    }

    @Test("a probe that fails is told as one fault of the value that it judges")
    func probes() throws {
        #expect(try violations(#"{ "anyOf": [{ "type": "string" }, { "minimum": 9 }] }"#, "1") == [" no_alternative"])
        #expect(try violations(#"{ "oneOf": [{ "minimum": 0 }, {}] }"#, "1") == [" ambiguous_alternative"])
        #expect(try violations(#"{ "not": { "minimum": 0 } }"#, "1") == [" excluded"])
        #expect(try violations(#"{ "items": { "contains": { "const": 1 } } }"#, "[[1], [2]]") == ["/1 too_few_matches"])
        #expect(try violations(#"{ "contains": true, "maxContains": 1 }"#, "[1, 2]") == [" too_many_matches"])
        #expect(try violations(#"{ "if": { "type": "null" }, "then": false }"#) == [" not_allowed"])
        #expect(
            try violations(#"{ "prefixItems": [true], "unevaluatedItems": false }"#, "[1, 2]") == ["/1 not_allowed"])
    }

    @Test("numbers are judged exactly, whatever their exponents")
    func exactNumbers() throws {
        #expect(try violations(#"{ "multipleOf": 0.01 }"#, "19.99") == [])
        #expect(try violations(#"{ "multipleOf": 0.0001 }"#, "0.00075") == [" not_a_multiple"])
        #expect(try violations(#"{ "multipleOf": 1e-308 }"#, "1e308") == [])
        #expect(try violations(#"{ "multipleOf": 7 }"#, "1e308") == [" not_a_multiple"])
        #expect(try violations(#"{ "multipleOf": 3e300 }"#, "9e301") == [])
        #expect(
            try violations(#"{ "multipleOf": 99999999999999999999999999999999999999 }"#, "1e308")
                == [" not_a_multiple"])
        #expect(try violations(#"{ "type": "integer", "const": 1 }"#, "1.0") == [])
        #expect(try violations(#"{ "minLength": 2.0 }"#, #""ä""#) == [" too_short"])
        #expect(
            try violations(#"{ "uniqueItems": true }"#, #"[{"a": 1, "b": [2]}, {"b": [2.0], "a": 1e0}]"#)
                == [" duplicate_items"])
    }

    @Test(
        "details never repeat the value", arguments: [#""s3cret""#, "4711471147", #"["s3cret"]"#, #"{"a": "s3cret"}"#])
    func secrecy(value: String) throws {
        let schema = try JSONSchema(
            JSONParser.parse(
                """
                {
                    "anyOf": [false], "allOf": [false], "not": true, "oneOf": [true, true], "const": 1, "type": "null",
                    "minLength": 20, "maxLength": 1, "pattern": "^x", "multipleOf": 1.5, "maximum": 1,
                    "minItems": 2, "contains": false, "items": false, "propertyNames": false, "minProperties": 2,
                    "additionalProperties": { "maxLength": 1 }, "required": ["b"]
                }
                """))
        let violations = try schema.violations(of: try JSONParser.parse(value))
        #expect(violations.count >= 7)
        for violation in violations {
            #expect(!"\(violation.detail) \(violation.pointer)".contains("s3cret"))
            #expect(!violation.detail.contains("4711"))
        }
    }

    @Test(
        "what is no schema is refused, with the place in it",
        arguments: [
            ("1", " wrong_type"), (##"{"minimum": "1"}"##, "/minimum wrong_type"),
            (##"{"type": "text"}"##, "/type not_an_option"),
            (##"{"type": ["null", "null"]}"##, "/type duplicate_items"), (##"{"type": []}"##, "/type too_few_items"),
            (##"{"items": [{}]}"##, "/items wrong_type"),
            (##"{"properties": {"a/b": 1}}"##, "/properties/a~1b wrong_type"),
            (##"{"allOf": [{"not": {"maxItems": -1}}]}"##, "/allOf/0/not/maxItems too_small"),
            (##"{"multipleOf": 0}"##, "/multipleOf too_small"), (##"{"$id": "a#b"}"##, "/$id pattern_mismatch"),
            (##"{"$schema": "http://json-schema.org/draft-07/schema#"}"##, "/$schema unsupported_dialect"),
            (##"{"not": {"pattern": "("}}"##, "/not/pattern invalid_pattern"),
            (##"{"pattern": "(?=a)"}"##, "/pattern look_around_not_supported"),
            (##"{"patternProperties": {"(": true}}"##, "/patternProperties/( invalid_pattern"),
            (##"{"items": {"$ref": "https://example.com/a"}}"##, "/items/$ref remote_reference"),
            (##"{"$ref": "#/$defs/none"}"##, "/$ref unresolved_reference"),
            (##"{"$dynamicRef": "#none"}"##, "/$dynamicRef unresolved_reference"),
            (
                ##"{"components": {"A": {"type": "text"}}, "$ref": "#/components/A"}"##,
                "/components/A/type not_an_option"
            ),
            (
                ##"{"components": {"A": {"not": {"$ref": "#/x"}}}, "$ref": "#/components/A"}"##,
                "/components/A/not/$ref unresolved_reference"
            ),
            (
                ##"{"components": {"A": {"$ref": "#/components/A"}}, "$ref": "#/components/A"}"##,
                "/components/A reference_loop"
            ),
            (##"{"components": {"A": 1}, "$ref": "#/components/A"}"##, "/$ref unresolved_reference"),
            (##"{"components": {"A": {"B": {}}}, "$ref": "#/components/A"}"##, "/$ref unresolved_reference"),
            (##"{"components": [true], "$ref": "#/components/00"}"##, "/$ref unresolved_reference"),
            (##"{"properties": {"a": {}}, "$ref": "#/properties"}"##, "/$ref unresolved_reference"),
            (##"{"const": {"a": {"type": "null"}}, "$ref": "#/const/a"}"##, "/$ref unresolved_reference"),
            (##"{"$anchor": "a", "not": {"$anchor": "a"}}"##, "/not/$anchor duplicate_identifier"),
            (##"{"items": {"$id": "a"}, "not": {"$id": "a"}}"##, "/not/$id duplicate_identifier"),
            (##"{"$ref": "#"}"##, " reference_loop"),
            (##"{"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}"##, "/$defs/a/anyOf/0 reference_loop"),
        ] as [(String, String)])
    func refused(schema: String, violation: String) throws {
        #expect(try violations(schema) == [violation])
    }

    @Test("a reference leads to a schema under a name of the document's own, as published schemas have them")
    func groupedSchemas() throws {
        let schema = ##"""
            {
                "components": { "schemas": {
                    "Pet": { "type": "object", "properties": { "id": { "$ref": "#/components/schemas/ID" } } },
                    "ID": { "type": "integer", "minimum": 1 }, "a/b %": { "const": "x" }, "all": true
                }, "list": [{ "type": "null" }, { "maxLength": 2 }] },
                "properties": {
                    "pet": { "$ref": "#/components/schemas/Pet" }, "id": { "$ref": "#/components/schemas/ID" },
                    "inner": { "$ref": "#/components/schemas/Pet/properties/id" },
                    "x": { "$ref": "#/components/schemas/a~1b%20%25" }, "any": { "$ref": "#/components/schemas/all" },
                    "short": { "$ref": "#/components/list/1" }
                }
            }
            """##
        #expect(
            try violations(schema, #"{"pet": {"id": 1}, "id": 2, "inner": 3, "x": "x", "any": [], "short": "ab"}"#)
                == [])
        #expect(
            Set(try violations(schema, #"{"pet": {"id": 0}, "id": "x", "inner": 0, "x": 1, "short": "abc"}"#)) == [
                "/pet/id too_small", "/id wrong_type", "/inner too_small", "/x not_an_option", "/short too_long",
            ])
        let simple = ##"{"components": {"schemas": {"A": {"type": "integer"}}}, "$ref": "#/components/schemas/A"}"##
        #expect(try violations(simple, "1") == [])
        #expect(try violations(simple, #""x""#) == [" wrong_type"])
    }

    @Test("\\s and . in patterns are those of ECMA-262, and \\u names a character")
    func patternsOfECMAScript() throws {
        for space in ["\u{A0}", "\u{FEFF}", "\u{2028}", "\u{2029}", "\u{3000}", "\u{B}", "\t"] {
            let text = JSONValue.string("a\(space)b").description
            #expect(try violations(#"{"pattern": "^\\S+$"}"#, text) == [" pattern_mismatch"])
            #expect(try violations(#"{"pattern": "^a\\sb$"}"#, text) == [])
        }
        #expect(try violations(#"{"pattern": "^[\\u0020-\\u007E]+$"}"#, #""aZ ~""#) == [])
        #expect(try violations(#"{"pattern": "^[\\u0020-\\u007E]+$"}"#, #""é""#) == [" pattern_mismatch"])
        #expect(try violations(#"{"patternProperties": {"^\\u{1F432}$": false}}"#, #"{"🐲": 1}"#).count == 1)
    }

    @Test("a refused reference is named")
    func namedReference() throws {
        let failure = #expect(throws: KitError.self) {
            try JSONSchema(["$ref": "https://example.com/other.json#/a"])
        }
        #expect(failure?.violations.first?.detail.contains("https://example.com/other.json#/a") == true)
    }

    @Test("the meta-schema judges itself, and can be referred to")
    func metaschema() throws {
        let schema = #"{ "items": { "$ref": "https://json-schema.org/draft/2020-12/schema" } }"#
        #expect(try violations(schema, #"[true, { "properties": { "a": { "type": "string" } } }]"#) == [])
        #expect(
            try violations(schema, #"[{ "properties": { "a": { "minLength": -1 } } }]"#)
                == ["/0/properties/a/minLength too_small"])
    }
}

@Suite struct JSONSchemaBoundTests {
    /// The answer of the work on a thread with as little stack as the smallest that requests run on.
    private func onSmallStack<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: work()) }
            thread.stackSize = 512 << 10
            thread.start()
        }
    }

    /// A value of that many arrays or objects in one another.
    private func nested(_ levels: Int, _ wrap: (JSONValue) -> JSONValue) -> JSONValue {
        (0..<levels).reduce(.null) { value, _ in wrap(value) }
    }

    @Test(
        "values deeper than the evaluation goes are refused, on a small stack too",
        arguments: [
            ##"{ "properties": { "a": { "$ref": "#" } } }"##, ##"{ "unevaluatedProperties": { "$ref": "#" } }"##,
            ##"{ "allOf": [{ "if": true, "then": { "additionalProperties": { "$ref": "#" } } }] }"##,
            ##"{ "$dynamicAnchor": "a", "oneOf": [{ "patternProperties": { "a": { "$dynamicRef": "#a" } } }] }"##,
            ##"{ "anyOf": [{ "dependentSchemas": { "a": { "properties": { "a": { "$ref": "#" } } } } }] }"##,
        ])
    func depth(text: String) async throws {
        let schema = try JSONSchema(JSONParser.parse(text))
        let (deep, plain) = (nested(500) { ["a": $0] }, nested(45) { ["a": $0] })
        #expect(await onSmallStack { try! schema.violations(of: deep).last?.code } == "too_complex")
        #expect(await onSmallStack { try! schema.violations(of: plain).map(\.code) } == [])
    }

    @Test("a loop of dynamic references, which compilation does not see, is cut off")
    func dynamicLoop() async throws {
        let schema = try JSONSchema(["$dynamicAnchor": "a", "allOf": [["$dynamicRef": "#a"]]])
        #expect(await onSmallStack { try! schema.violations(of: 1).map(\.code) } == ["too_complex"])
    }

    @Test("a schema may be nested 64 levels deep and have 4096 subschemas, and no more")
    func size() async throws {
        #expect(try violations(nested(63) { ["not": $0.isNull ? true : $0] }.description) == [" excluded"])
        let deeper = nested(65) { ["not": $0.isNull ? true : $0] }
        #expect(await onSmallStack { Self.refusal(of: deeper) } == [" schema_too_deep"])
        let branches = JSONValue.array(Array(repeating: [:], count: 4095))
        #expect(Self.refusal(of: ["allOf": branches]) == [])
        #expect(Self.refusal(of: ["not": true, "allOf": branches]) == [" schema_too_large"])
    }

    @Test("patterns are bounded in sum, and identifiers in length")
    func patterns() {
        var rules = JSONObject()
        for number in 1...6 { rules[String(repeating: ".{1000}", count: 9) + "\(number)"] = true }
        let refusal = Self.refusal(of: ["patternProperties": .object(rules)])
        #expect(refusal.count == 1 && refusal[0].hasSuffix("6 schema_too_large"))
        let name = JSONValue.string("http://a/" + String(repeating: "b", count: 2048))
        #expect(Self.refusal(of: ["$id": name]) == ["/$id identifier_too_long"])
        #expect(Self.refusal(of: ["$ref": name]) == ["/$ref identifier_too_long"])
    }

    @Test("a schema that branches at every reference is given up after so many steps")
    func exponential() throws {
        var definitions = JSONObject()
        for level in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/\(level + 1)")]
            definitions["\(level)"] = ["allOf": [next, next]]
        }
        definitions["40"] = true
        let schema = try JSONSchema(["$ref": "#/$defs/0", "$defs": .object(definitions)])
        #expect(try schema.violations(of: 1).map(\.code) == ["too_complex"])
        // Neither does giving up count as the failure that `not` asks for.
        let negated = try JSONSchema(["not": ["$ref": "#/$defs/0"], "$defs": .object(definitions)])
        #expect(try negated.violations(of: 1).map(\.code) == ["too_complex"])
    }

    @Test("a value too large for the patterns of a schema is refused, and one of a mebibyte against a class is judged")
    func patternCost() throws {
        let text = JSONValue.string(String(repeating: "a", count: 1 << 20))
        #expect(try JSONSchema(["pattern": "^[a-z]+$"]).violations(of: text) == [])
        let costly = try JSONSchema(["pattern": "(a?){1000}b"]).violations(of: text)
        #expect(costly.map(\.code) == ["too_complex"])
    }

    @Test("long names cost steps: where they are looked up again and again, and where a fault is told again and again")
    func longNames() throws {
        var members = JSONObject()
        members[String(repeating: "n", count: 1 << 20)] = 1
        let value = JSONValue.object(members)
        let lookup: JSONValue = ["properties": ["a": true]]
        let lookups = JSONValue.array(Array(repeating: lookup, count: 2000))
        #expect(try JSONSchema(["allOf": lookups]).violations(of: value).map(\.code) == ["too_complex"])
        let faults = JSONValue.array(Array(repeating: false, count: 2000))
        let codes = try JSONSchema(["additionalProperties": ["allOf": faults]]).violations(of: value).map(\.code)
        #expect(codes == ["not_allowed", "too_complex"])
    }

    @Test("a hundred thousand items are told apart, and at most twenty faults are told")
    func many() throws {
        let items = JSONValue.array((0..<100_000).map { .integer($0) })
        #expect(try JSONSchema(["uniqueItems": true, "items": ["type": "integer"]]).violations(of: items) == [])
        #expect(try JSONSchema(["items": false]).violations(of: items).count == JSONSchema.maxViolations)
    }

    private static func refusal(of schema: JSONValue) -> [String] {
        do {
            _ = try JSONSchema(schema)
            return []
        } catch {
            return error.violations.map { "\($0.pointer) \($0.code)" }
        }
    }
}
