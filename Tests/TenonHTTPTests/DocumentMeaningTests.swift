import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// What documents and rules from other systems mean here, from the request to what is read back.
@Suite struct DocumentMeaningTests {
    /// Imports a document and answers the entries' values and types by key, or the pointers and details of a refusal.
    private static func imported(
        _ document: String, as format: String, _ served: ServedConfiguration
    ) async throws -> (values: [String: JSONValue], types: [String: String], refused: [String]) {
        let answer = try await served.send("POST", "/import?format=\(format)", document, ["Content-Type: text/plain"])
        guard answer.status == 200 else {
            return ([:], [:], answer.json["errors"]?.arrayValue?.compactMap { $0["detail"]?.stringValue } ?? [])
        }
        let items = try await served.send("GET", "/configs?limit=200").json["items"]?.arrayValue ?? []
        var (values, types): ([String: JSONValue], [String: String]) = ([:], [:])
        for item in items {
            let key = item["key"]?.stringValue ?? ""
            values[key] = item["value"]
            types[key] = item["value_type"]?.stringValue
        }
        return (values, types, [])
    }

    @Test("Lines are texts, whatever they look like, and read as the common readers read them")
    func lines() async throws {
        try await ServedConfiguration.with { served in
            let lines = #"""
                S={"a":"v", "b":"x#y"}
                P="abc$def"
                k="a#\"b"
                N="a\\n b"
                path="abs\path\vx"
                export E=v
                Z=08989
                big=9007199254740993
                huge=1e400
                T=true
                V="${A}/x"
                B='a #`b`'
                """#
            let document = "\u{FEFF}" + lines.replacing("\n", with: "\r\n")
            let (values, types, refused) = try await Self.imported(document, as: "env", served)
            #expect(refused == [])
            #expect(Set(types.values) == ["string"])
            let expected: [String: JSONValue] = [
                "S": #"{"a":"v", "b":"x#y"}"#, "P": "abc$def", "k": #"a#"b"#, "N": #"a\n b"#, "path": #"abs\path\vx"#,
                "E": "v", "Z": "08989", "big": "9007199254740993", "huge": "1e400", "T": "true", "V": "${A}/x",
                "B": "a #`b`",
            ]
            #expect(values == expected)
        }
    }

    @Test(
        "Lines that readers disagree on are refused with their line and what to write instead",
        arguments: [
            ("A=1\n-----BEGIN KEY-----\nMII=\n", "Line 2: expected 'KEY=value'."),
            (#"K='I'"'"'m'"#, "Line 1: only a comment, after a space, may follow the closing quote"),
            (##"K="v"#note"##, "Line 1: only a comment, after a space, may follow the closing quote"),
            (#"K='Let\'s go'"#, "within single quotes a backslash is literal."),
            ("A=1\nK=`a #b`", "Line 2: a value that begins with a backtick must be in single quotes."),
        ])
    func refusedLines(document: String, detail: String) async throws {
        try await ServedConfiguration.with { served in
            let refused = try await Self.imported(document, as: "env", served).refused
            #expect(refused.count == 1 && refused[0].contains(detail), "\(refused)")
            #expect(try await served.send("GET", "/configs").keys == [])
        }
    }

    @Test("A scalar of YAML is what version 1.2 says, and null is a value of JSON")
    func yaml() async throws {
        try await ServedConfiguration.with { served in
            let document = """
                quoted: "0123"
                decimal: 0755
                octal: 0o755
                zip: 08989
                commit: 81111e1
                price: 1.10
                long: 1234567890123456789012
                nothing:
                tilde: ~
                """
            let (values, types, refused) = try await Self.imported(document, as: "yaml", served)
            #expect(refused == [])
            #expect(values["quoted"] == "0123" && types["quoted"] == "string")
            #expect(values["decimal"] == 755 && values["octal"] == 493 && values["zip"] == 8989)
            #expect(values["commit"] == 811_110)
            #expect(values["price"]?.description == "1.10" && values["long"]?.description == "1234567890123456789012")
            #expect(values["nothing"] == .null && types["nothing"] == "json" && types["tilde"] == "json")
            #expect(try await served.send("POST", "/import", #"{"also": null, "nothing": "x"}"#).status == 200)
            #expect(try await served.send("GET", "/configs/nothing").json["value"] == "x")
            for (document, line) in [
                ("a: 1\nc: @x", 2), ("a:\n\tb: 1", 2), ("a: .inf", 1), ("- a", 1), ("x: {<<: {a: 1}, <<: {b: 1}}", 1),
            ] {
                let refused = try await Self.imported(document, as: "yaml", served).refused
                #expect(refused.first?.hasPrefix("Line \(line): ") == true, "\(document): \(refused)")
            }
        }
    }

    @Test("Texts and numbers come back from an export in every format as they are")
    func exports() async throws {
        try await ServedConfiguration.with { served in
            let texts: [JSONValue] = [
                "a  \nb \n", "a\rb\r\n", "\u{2028}x\u{2029}",
                .string(String(repeating: "page of text \n", count: 3000)),
                " \t", "it's \"$x\" `id`\\", "'", "pa$$word",
            ]
            for (place, text) in texts.enumerated() { try await served.put("t\(place)", text) }
            let numbers = ["1234567890123456789012", "1.10", "-0.50", "1e3"]
            for (place, number) in numbers.enumerated() {
                let body = #"{"key": "n\#(place)", "value": \#(number), "value_type": "number"}"#
                #expect(try await served.send("POST", "/configs", body).status == 201)
            }
            let before = try await served.send("GET", "/configs?limit=200").json["items"]?.arrayValue ?? []
            let revision = try await served.revision
            for format in ["json", "yaml", "env"] {
                let export = try await served.send("GET", "/export?format=\(format)")
                let types = ["json": "application/json", "yaml": "application/yaml", "env": "text/plain"]
                let back = try await served.send(
                    "POST", "/import?format=\(format)", export.body, ["Content-Type: \(types[format]!)"])
                #expect(back.json["summary"]?["unchanged"] == .integer(Int64(before.count)), "\(format): \(back.body)")
            }
            #expect(try await served.revision == revision)
            let shown = try await served.send("GET", "/configs/n1")
            #expect(shown.body.contains(#""value":1.10"#))
            let patched = try await served.send("PATCH", "/configs/n1", #"{"description": "d"}"#)
            #expect(patched.body.contains(#""value":1.10"#))
        }
    }

    @Test(
        "Schemas as others publish them judge as they say",
        arguments: [
            (##"{"$id": "https://example.com/m", "$dynamicAnchor": "n", "unevaluatedProperties": false}"##, "{}", true),
            (#"{"pattern": "^\\p{L}+$"}"#, #""é""#, true), (#"{"pattern": "^a\\-b\\/c$"}"#, #""a-b/c""#, true),
            (##"{"$defs": {"a/b~%": {"type": "null"}}, "$ref": "#/$defs/a~1b~0%25"}"##, "null", true),
            (##"{"$defs": {"a/b~%": {"type": "null"}}, "$ref": "#/$defs/a~1b~0%25"}"##, "1", false),
            (#"{"required": ["__proto__"]}"#, "{}", false), (#"{"format": "email"}"#, #""x""#, true),
            (#"{"pattern": "^\\x20$"}"#, #"" ""#, true), (#"{"pattern": "^[\\u0020-\\u007E]+$"}"#, #""é""#, false),
            (#"{"pattern": "^\\S+$"}"#, "\"a\u{A0}b\"", false),
            (##"{"components": {"A": {"type": "integer"}}, "$ref": "#/components/A"}"##, "1", true),
            (##"{"components": {"A": {"type": "integer"}}, "$ref": "#/components/A"}"##, #""x""#, false),
        ])
    func schemas(schema: String, value: String, isValid: Bool) async throws {
        try await ServedConfiguration.with { served in
            let rules = #"{"json_schema": \#(schema)}"#
            let body = #"{"key": "k", "value": \#(value), "value_type": "json", "validation_schema": \#(rules)}"#
            let made = try await served.send("POST", "/configs", body)
            #expect(made.status == (isValid ? 201 : 422), "\(made.body)")
        }
    }

    @Test("The pattern of a text means what it means in a schema, and says what to write for look-ahead")
    func patterns() async throws {
        try await ServedConfiguration.with { served in
            func store(_ pattern: String, _ value: String) async throws -> ServedTenon.Answer {
                let body: JSONValue = [
                    "value": .string(value), "value_type": "string",
                    "validation_schema": ["pattern": .string(pattern)],
                ]
                return try await served.send("PUT", "/configs/k", body.description)
            }
            #expect(try await store(#"^[\u0020-\u007E]+$"#, "a b").status == 201)
            #expect(try await store(#"^\u{1F432}$"#, "🐲").status == 200)
            #expect(try await store(#"^\S+$"#, "a\u{A0}b").status == 422)
            let ahead = try await store("^(?=.*[0-9]).+$", "a1")
            #expect(ahead.status == 422 && ahead.pointers == ["#/validation_schema/pattern"])
            #expect(ahead.body.contains("allOf"))
        }
    }

    @Test("A PUT of a name that can be no key's says which rule it breaks; nothing else has such a key")
    func keyRules() async throws {
        try await ServedConfiguration.with { served in
            let body = #"{"value": 1, "value_type": "number"}"#
            for name in [".a", "-a", "a%20b", "%C3%A9"] {
                let refused = try await served.send("PUT", "/configs/\(name)", body)
                #expect(refused.status == 422 && refused.pointers == ["#/key"], "\(refused.body)")
                #expect(try await served.send("GET", "/configs/\(name)").status == 404)
                #expect(try await served.send("DELETE", "/configs/\(name)").status == 404)
            }
        }
    }

    @Test("Values that refer to values that refer are put in; one whose target is gone says so among the others")
    func references() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("c", "end")
            try await served.put("b", "${config:c}")
            try await served.put("a", "${config:b}!")
            #expect(try await served.send("GET", "/configs/a?resolve=true").json["value"] == "end!")
            #expect(try await served.send("DELETE", "/configs/c").status == 204)
            try await served.put("z", "whole")
            let list = try await served.send("GET", "/configs?resolve=true")
            #expect(list.status == 200 && list.keys == ["a", "b", "z"])
            let items = list.json["items"]?.arrayValue ?? []
            #expect(items.map { $0["value"] } == [.null, .null, "whole"])
            #expect(items[1]["unresolved"]?.stringValue?.contains("${config:c}") == true)
            #expect(items.map { $0["masked"] } == [false, false, false] && items[2]["unresolved"] == nil)
            // A document or a value with a hole is none.
            for path in ["/configs/a?resolve=true", "/export?format=env&resolve=true"] {
                let refused = try await served.send("GET", path)
                #expect(refused.status == 409 && refused.code == "reference_unresolved")
            }
            #expect(try await served.send("GET", "/configs/a").json["value"] == "${config:b}!")
        }
    }

    @Test("An entry that refers to what its reader may not read does not hide the others from a list")
    func deniedReferences() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("hidden", "x")
            try await served.put("a", "${config:hidden}")
            try await served.put("b", "shown")
            let rules: JSONValue = ["name": "r", "rules": "p, role:viewer, configs, read, deny, r.res.key == 'hidden'"]
            let made = try await served.tenon.send(
                "POST", "/api/v1/policies", token: served.token, body: rules.description)
            #expect(made.status == 201)
            let list = try await served.send("GET", "/configs?resolve=true", as: served.viewer)
            #expect(list.status == 200 && list.keys == ["a", "b"])
            let items = list.json["items"]?.arrayValue ?? []
            #expect(items.map { $0["value"] } == [.null, "shown"] && items[0]["unresolved"]?.stringValue != nil)
        }
    }

    @Test("Pages of seven show a hundred entries of one instant once each, with deletions in between")
    func pages() async throws {
        try await ServedConfiguration.with { served in
            let operations: [JSONValue] = (0..<100).map { place in
                ["op": "put", "key": .string("k\(place)"), "value": .integer(Int64(place)), "value_type": "number"]
            }
            let batch: JSONValue = ["operations": .array(operations)]
            #expect(try await served.send("POST", "/configs:batch", batch.description).status == 200)
            var seen: [String] = []
            var cursor: String?
            repeat {
                let page = try await served.send("GET", "/configs?limit=7" + (cursor.map { "&cursor=\($0)" } ?? ""))
                seen += page.keys
                // What was seen already, and what is last by key, is gone by the next page.
                _ = try await served.send("DELETE", "/configs/\(page.keys[0])")
                cursor = page.json["next_cursor"]?.stringValue
                if seen.count == 7 { _ = try await served.send("DELETE", "/configs/k99") }
            } while cursor != nil
            let expected = (0..<99).map { "k\($0)" }.sorted()
            #expect(seen == expected)
        }
    }
}
