import TenonDomain
import TenonKit
import Testing

@Suite struct ConfigKeyTests {
    @Test(
        "letters, digits, _ . and - make a key",
        arguments: ["a", "_x", "0", "db.host", "A-b_c.d", String(repeating: "k", count: 255)])
    func accepted(text: String) throws {
        #expect(try ConfigKey(text).text == text)
    }

    @Test(
        "anything else is refused",
        arguments: ["", ".a", "-a", "a b", "ä", "a/b", "a\u{0}", String(repeating: "k", count: 256)])
    func refused(text: String) {
        #expect(throws: Violation.self) { try ConfigKey(text) }
    }
}

@Suite struct ConfigValueTests {
    /// The pointers and codes of what is wrong with a draft; empty where nothing is.
    private func violations(_ value: JSONValue, _ type: ConfigValueType, _ schema: JSONValue? = nil) throws -> [String]
    {
        do {
            _ = try ConfigDraft(value: value, type: type, schema: schema)
            return []
        } catch {
            #expect(error.code == .validationFailed)
            return error.violations.map { "\($0.pointer) \($0.code)" }
        }
    }

    @Test("the four examples of seed 000 are accepted")
    func seeds() throws {
        #expect(
            try violations(
                "My Application", .string, ["min_length": 3, "max_length": 50, "pattern": "^[a-zA-Z0-9 ]+$"]) == [])
        #expect(try violations(100, .number, ["min_value": 1, "max_value": 1000]) == [])
        #expect(try violations("INFO", .select, ["options": ["DEBUG", "INFO", "WARNING", "ERROR"]]) == [])
        #expect(try violations(["new_ui": true, "beta_features": false], .json) == [])
        #expect(try violations(true, .boolean) == [])
    }

    @Test(
        "a value of the wrong JSON type is refused",
        arguments: [
            (1, .string), ("1", .number), ("true", .boolean), (true, .number), (.null, .string), ([], .string),
        ] as [(JSONValue, ConfigValueType)])
    func wrongType(value: JSONValue, type: ConfigValueType) throws {
        #expect(try violations(value, type) == ["/value wrong_type"])
    }

    @Test("bounds hold for lengths and numbers, at their edges")
    func bounds() throws {
        let text: JSONValue = ["min_length": 2, "max_length": 3]
        #expect(try violations("ab", .string, text) == [])
        #expect(try violations("äöü", .string, text) == [])
        #expect(try violations("a", .string, text) == ["/value too_short"])
        #expect(try violations("abcd", .string, text) == ["/value too_long"])
        let number: JSONValue = ["min_value": 1, "max_value": 10, "integer": true]
        #expect(try violations(1, .number, number) == [])
        #expect(try violations(.number(try JSONNumber("10.0")), .number, number) == [])
        #expect(try violations(0, .number, number) == ["/value too_small"])
        #expect(
            try violations(.number(try JSONNumber("10.5")), .number, number)
                == ["/value too_large", "/value not_an_integer"])
    }

    @Test("a pattern that backtracks elsewhere answers at once here")
    func linearPattern() throws {
        let hostile = String(repeating: "a", count: 50_000) + "b"
        #expect(try violations(.string(hostile), .string, ["pattern": "^(a+)+$"]) == ["/value pattern_mismatch"])
    }

    @Test("what is wrong with a schema is said with its place")
    func schemas() throws {
        #expect(try violations("x", .string, ["pattern": "("]) == ["/validation_schema/pattern invalid_pattern"])
        #expect(try violations("x", .string, ["min_length": -1]) == ["/validation_schema/min_length invalid_length"])
        #expect(
            try violations("x", .string, ["min_length": 3, "max_length": 2])
                == ["/validation_schema/min_length empty_range"])
        #expect(try violations(1, .number, ["min_value": "1"]) == ["/validation_schema/min_value wrong_type"])
        #expect(
            try violations("x", .string, ["max": 1, "a/b": 2])
                == ["/validation_schema/max unknown_field", "/validation_schema/a~1b unknown_field"])
        #expect(try violations("x", .select) == ["/validation_schema/options invalid_options"])
        #expect(
            try violations("x", .select, ["options": ["x", "x"]]) == ["/validation_schema/options invalid_options"])
        #expect(try violations("x", .select, ["options": ["a"]]) == ["/value not_an_option"])
        #expect(try violations("x", .string, "short") == ["/validation_schema wrong_type"])
    }

    @Test("a json value keeps the JSON Schema that it comes with")
    func jsonSchema() throws {
        let flags: JSONValue = ["json_schema": ["additionalProperties": ["type": "boolean"], "maxProperties": 2]]
        #expect(try violations(["beta": true], .json, flags) == [])
        #expect(
            try violations(["a": true, "b": 1, "c": false], .json, flags)
                == ["/value too_many_members", "/value/b wrong_type"])
        #expect(try violations("x", .json, ["json_schema": .null]) == [])
        #expect(try violations("x", .json, ["json_schema": false]) == ["/value not_allowed"])
        #expect(
            try violations("x", .json, ["json_schema": ["properties": ["a": ["type": "text"]]], "more": 1])
                == [
                    "/validation_schema/json_schema/properties/a/type not_an_option",
                    "/validation_schema/more unknown_field",
                ])
        #expect(try violations("x", .string, flags) == ["/validation_schema/json_schema unknown_field"])
    }

    @Test("a JSON Schema of 64 KiB is taken, and not a byte more")
    func jsonSchemaSize() throws {
        func schema(_ length: Int) -> JSONValue {
            ["json_schema": ["$comment": .string(String(repeating: "c", count: length - #"{"$comment":""}"#.count))]]
        }
        #expect(try violations(1, .json, schema(65536)) == [])
        #expect(try violations(1, .json, schema(65537)) == ["/validation_schema/json_schema schema_too_large"])
    }

    @Test("options are told apart by their code points, not by canonical equivalence")
    func optionsByCodePoints() throws {
        #expect(try violations("e\u{301}", .select, ["options": ["\u{E9}"]]) == ["/value not_an_option"])
        #expect(try violations("e\u{301}", .select, ["options": ["\u{E9}", "e\u{301}"]]) == [])
    }

    @Test("the rules written as JSON read back as the same rules")
    func schemaRoundTrip() throws {
        for (json, type) in [
            (["min_length": 1, "max_length": 9, "pattern": "^a"], .string),
            (["min_value": 1, "max_value": 2, "integer": true], .number), (["options": ["a", "b"]], .select),
            (["json_schema": ["type": ["object", "null"]]], .json), (["json_schema": true], .json),
        ] as [(JSONValue, ConfigValueType)] {
            let schema = try ValidationSchema(json, for: type)
            #expect(schema.json == json)
            #expect(try ValidationSchema(schema.json, for: type) == schema)
        }
        #expect(try ValidationSchema([:], for: .boolean).json == nil)
    }
}

@Suite struct PatternCostTests {
    @Test("a value that would keep a large pattern busy for seconds is given up after some milliseconds")
    func cost() throws {
        let large = String(repeating: "(?:\\pL?){1000}", count: 4) + "$"
        let schema = try ValidationSchema(["pattern": .string(large)], for: .string)
        let short = ConfigDraftText.violations(of: "ab", against: schema)
        #expect(short.isEmpty)
        let long = ConfigDraftText.violations(of: String(repeating: "é", count: 10_000), against: schema)
        #expect(long == ["too_long_for_pattern"])
    }

    @Test("a mebibyte against a plain class is matched")
    func plain() throws {
        let schema = try ValidationSchema(["pattern": "^[a-z]+$"], for: .string)
        #expect(ConfigDraftText.violations(of: String(repeating: "a", count: 1 << 20), against: schema).isEmpty)
    }
}

private enum ConfigDraftText {
    static func violations(of text: String, against schema: ValidationSchema) -> [String] {
        do {
            _ = try ConfigValue(.string(text), as: .string, under: schema)
            return []
        } catch {
            return error.violations.map(\.code)
        }
    }
}
