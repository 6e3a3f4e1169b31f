import TenonDomain
import TenonKit
import TenonYAML
import TestSupport
import Testing

@Suite struct YAMLPrinterTests {
    private let yaml = CoreSchemaYAML()

    private func printed(_ value: JSONValue) -> String { String(decoding: yaml.print(value), as: UTF8.self) }

    @Test("An export is block style, in order, with texts of several lines as they read")
    func export() throws {
        let entries: [JSONValue] = [
            ["key": "app.url", "value": "https://example.org/a?b=1", "value_type": "string", "tags": []],
            ["key": "motd", "value": "Welcome!\n\n  # to: all\n", "description": "Two\nlines"],
            ["key": "limits", "value": ["max": 10, "steps": [[1, "2"], [:], [["yes": .null]]]]],
        ]
        let export = ConfigExport(namespace: "shop", revision: 12, entries: entries.compactMap(\.objectValue))
        let documents = ConfigDocuments(yaml: yaml)
        let written = documents.write(export, as: .yaml)
        let expected = """
            namespace: shop
            revision: 12
            configs:
              - key: app.url
                value: "https://example.org/a?b=1"
                value_type: string
                tags: []
              - key: motd
                value: |
                  Welcome!

                    # to: all
                description: |-
                  Two
                  lines
              - key: limits
                value:
                  max: 10
                  steps:
                    - - 1
                      - "2"
                    - {}
                    - - "yes": null

            """
        #expect(String(decoding: written, as: UTF8.self) == expected)
        #expect(try documents.read(written, as: .yaml).map(\.content) == export.entries.map { .entry($0) })
    }

    @Test(
        "A text that some reader takes for anything else stands in quotes",
        arguments: [
            "", " ", "yes", "No", "ON", "off", "y", "N", "true", "NULL", "~", "0777", "0o17", "0x1F", "1e3", "1_000",
            "12:30", "190:20:30", "2026-01-01", "2026-01-01T12:00:00Z", "-1", "+1", ".5", ".inf", "1.0", "<<", "=",
            " a",
            "a ", "a: b", "a:", "a #b", "#a", "- a", "-", "?", "? a", "!a", "&a", "*a", "%a", "@a", "`a", "|", ">",
            "[a]", "{a}", "a, b", "'a'", "\"a\"", "a\tb", "a\\b", "\u{0}\u{1}", "a\u{85}b", "a\u{2028}b", "\u{FEFF}a",
            "a\r\nb", "\na", " a\nb", "a\n \nb", "a\n\n", "a\n\tb", "\n", "---", "...", "é", "_1",
        ])
    func quoted(text: String) throws {
        let written = printed(["k": .string(text)])
        #expect(written.hasPrefix("k: \"") && written.hasSuffix("\"\n"))
        #expect(
            written.unicodeScalars.dropLast().allSatisfy { !Self.invisible.contains($0.properties.generalCategory) })
        if !text.utf8.contains(0) {
            #expect(try yaml.parse(Array(written.utf8), limits: JSONLimits()).value == ["k": .string(text)])
        }
    }

    private static let invisible: [Unicode.GeneralCategory] = [.control, .format, .lineSeparator]

    @Test("A plain word, a path and a sentence stand without quotes", arguments: ["word", "/a", "a b:c + 1%", "no1"])
    func bare(text: String) {
        #expect(printed(["k": .string(text)]) == "k: \(text)\n")
    }

    @Test("A number keeps its digits, with the point and sign that YAML 1.1 wants beside an exponent")
    func numbers() throws {
        for (json, text) in [
            ("1.10", "1.10"), ("-0", "-0"), ("1e3", "1.e+3"), ("1.5e-300", "1.5e-300"), ("15e20", "1.5e+21"),
        ] {
            let number = JSONValue.number(try JSONNumber(json))
            #expect(printed(number) == text + "\n")
            let read = try yaml.parse(Array(text.utf8), limits: JSONLimits()).value
            #expect(read.description == number.description)
        }
    }

    @Test("Every value is read back as it was")
    func anyValue() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<3000 {
            let value = randomValue(depth: 0, &random)
            let written = yaml.print(value)
            let read = try yaml.parse(written, limits: JSONLimits()).value
            #expect(read.encoded() == value.encoded(), "\(String(decoding: written, as: UTF8.self))")
        }
    }

    @Test("A key longer than a line's key may be is read back")
    func longKey() throws {
        for length in [999, 1000, 1001, 1023, 1024, 5000] {
            let key = String(repeating: "a", count: length)
            var members = JSONObject()
            members[key] = ["d", "e\nf"]
            members["c"] = 1
            let value: JSONValue = ["b": [.object(members), .object(members)], "d": .object(members)]
            #expect(try yaml.parse(yaml.print(value), limits: JSONLimits()).value == value)
        }
    }

    private static let pieces = [
        "a", "B", "0", "1", "e", "x", ".", "-", "+", ":", " ", "\n", "\t", "\r", "#", ",", "[", "]", "{", "}", "&", "*",
        "!", "|", ">", "'", "\"", "%", "@", "`", "\\", "~", "?", "=", "<<", "_", "/", "yes", "null", "---", "\u{1}",
        "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}", "\u{FFFF}", "é", "😀",
    ]

    private func randomText(_ random: inout SplitMix64) -> String {
        (0..<Int.random(in: 0...7, using: &random)).map { _ in Self.pieces.randomElement(using: &random)! }.joined()
    }

    private func randomValue(depth: Int, _ random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0...(depth < 5 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2:
            let digits = String(Int64.random(in: -99_999...99_999, using: &random))
            let exponent = ["", ".0", ".50", "e5", "e-9", ".25e300"].randomElement(using: &random)!
            return (try? JSONNumber(digits + exponent)).map { .number($0) } ?? .null
        case 3...5: return .string(randomText(&random))
        case 6:
            let count = Int.random(in: 0...3, using: &random)
            return .array((0..<count).map { _ in randomValue(depth: depth + 1, &random) })
        default:
            var members = JSONObject()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                members[randomText(&random)] = randomValue(depth: depth + 1, &random)
            }
            return .object(members)
        }
    }
}
