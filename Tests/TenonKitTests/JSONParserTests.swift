import TenonKit
import TestSupport
import Testing

@Suite struct JSONParserTests {
    @Test("Every kind of value is parsed, with white space anywhere between tokens")
    func kinds() throws {
        let value = try JSONParser.parse(
            " \t\r\n{ \"a\" : [ 1 , -2.50 , true , false , null , \"x\" ] ,\"b\":{},\"c\":[] } \n")
        #expect(value == ["a": [1, .number(try JSONNumber("-2.5")), true, false, .null, "x"], "b": [:], "c": []])
        #expect(value.description == #"{"a":[1,-2.50,true,false,null,"x"],"b":{},"c":[]}"#)
        for (text, kind) in [
            ("null", "null"), ("true", "boolean"), ("1.0", "integer"), ("1.5", "number"), ("\"\"", "string"),
            ("[]", "array"), ("{}", "object"),
        ] {
            #expect(try JSONParser.parse(text).kindName == kind)
        }
    }

    @Test(
        "A string's escapes become what they stand for",
        arguments: [
            (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00 and \uD834\uDD1E""#, "😀 and 𝄞"), ("\"grüße 😀\"", "grüße 😀"),
            (#""a long plain beginning\n""#, "a long plain beginning\n"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
            (#""\uFFFF\uE000""#, "\u{FFFF}\u{E000}"),
        ])
    func strings(text: String, expected: String) throws {
        let value = try JSONParser.parse(text)
        #expect(value.stringValue.map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test(
        "What is not JSON is refused, with the place",
        arguments: [
            ("", 0), ("  ", 2), ("\u{FEFF}1", 0), ("nul", 0), ("True", 0), ("truex", 4), ("1 2", 2), ("[1,]", 3),
            ("[1 2]", 3), ("[,1]", 1), ("[1", 2), ("[", 1), ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6),
            ("{\"a\" 1}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{1:1}", 1), ("{\"a\":1]", 6), ("[1}", 2), ("'a'", 0),
            ("\"abc", 4), ("\"a\nb\"", 2), ("\"\\", 2), ("\"\\x41\"", 1), ("\"\\u12\"", 1), ("\"\\u12", 5),
            ("\"\\ud800\"", 1), ("\"\\ud800\\n\"", 1), ("\"\\ud800\\u0041\"", 1), ("\"\\udc00\"", 1),
            ("\"\\ud800\\ud800\"", 1), ("01", 0), ("[-]", 1), ("/* */1", 0), ("\u{A0}1", 0), ("]", 0),
            ("\"a\u{0}\"", 2),
            ("\"\\u１234\"", 1), ("[1]]", 3), ("{}{}", 2), ("NaN", 0),
        ])
    func refused(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.code == .invalidJSON)
        #expect(error?.offset == offset)
    }

    @Test(
        "Bytes that are not UTF-8 are refused wherever they stand",
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0x31, 0x80], [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0xC3],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(bytes) }
        #expect(error?.code == .invalidUTF8)
        #expect(error?.offset == 1)
        #expect(error?.detail == "Line 1, column 2: the text is not valid UTF-8.")
    }

    @Test("A member that stands twice is refused by name, with a pointer to it")
    func duplicate() {
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("{\"x\": [\n  0, {\"a/b~\": 1, \"ü\": 2, \"a\\/b~\": 3}]}")
        }
        #expect(error?.code == .duplicateMember)
        #expect(error?.pointer == "/x/1/a~1b~0")
        #expect(error?.line == 2)
        #expect(error?.column == 26)
        #expect(error?.detail == "Line 2, column 26: duplicate member \"a/b~\" in one object.")
    }

    @Test("A duplicate is found in an object of any size", arguments: [2, 12, 13, 14, 200, 50_000])
    func duplicateInLargeObject(count: Int) throws {
        let members = (0..<count).map { "\"member\($0)\":\($0)" }
        let object = try #require(try JSONParser.parse("{\(members.joined(separator: ","))}").objectValue)
        #expect(object.count == count)
        #expect(object["member\(count - 1)"] == .integer(Int64(count - 1)))
        #expect(object["member\(count)"] == nil)
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("{\(members.joined(separator: ",")),\"member0\":1}")
        }
        #expect(error?.code == .duplicateMember)
        #expect(error?.pointer == "/member0")
    }

    @Test("Names are told apart by their code points, not by how they look")
    func canonicallyEquivalentNames() throws {
        let object = try #require(try JSONParser.parse("{\"e\u{301}\":1,\"\u{E9}\":2}").objectValue)
        #expect(object["e\u{301}"] == 1)
        #expect(object["\u{E9}"] == 2)
        #expect(JSONValue.string("e\u{301}") != JSONValue.string("\u{E9}"))
    }

    @Test("Many names that Unicode calls equivalent take no longer than others")
    func equivalentNamesAreNotQuadratic() throws {
        // Marks of different classes in any order are canonically equivalent: 7! names, one of them.
        let marks = ["\u{300}", "\u{316}", "\u{321}", "\u{334}", "\u{345}", "\u{35C}", "\u{5B0}"]
        var names = [""]
        for mark in marks {
            names = names.flatMap { name in
                (0...name.unicodeScalars.count).map { place in
                    var scalars = Array(name.unicodeScalars)
                    scalars.insert(mark.unicodeScalars.first!, at: place)
                    return scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
                }
            }
        }
        let value = try JSONParser.parse("{" + names.map { "\"a\($0)\":0" }.joined(separator: ",") + "}")
        #expect(value.objectValue?.count == 5040)
    }

    @Test("Nesting stops at the limit, without harm to the stack", arguments: [65, 20_000, 1_000_000])
    func nesting(depth: Int) throws {
        for (opening, closing) in [("[", "]"), ("{\"a\":", "}")] {
            let text = String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
            let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
            #expect(error?.code == .nestingTooDeep)
            #expect(error?.offset == 64 * opening.utf8.count)
        }
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try JSONParser.parse(deepest).description == deepest)
    }

    @Test("No caller can ask for a nesting that would exhaust the stack")
    func nestingIsCapped() {
        #expect(JSONLimits(depth: .max).depth == 512)
        let text = String(repeating: "[", count: 513) + String(repeating: "]", count: 513)
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text, limits: JSONLimits(depth: .max)) }
        #expect(error?.code == .nestingTooDeep)
    }

    @Test("Values are counted, containers too")
    func tooManyValues() throws {
        #expect(try JSONParser.parse("[1,{\"a\":2}]", limits: JSONLimits(values: 4)).arrayValue?.count == 2)
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("[1,{\"a\":2}]", limits: JSONLimits(values: 3))
        }
        #expect(error?.code == .tooManyValues)
        #expect(error?.pointer == "/1/a")
        let many = "[" + String(repeating: "0,", count: 99_999) + "0]"
        #expect(#expect(throws: JSONError.self) { try JSONParser.parse(many) }?.code == .tooManyValues)
    }

    @Test("U+0000 in a string, and a number out of bounds, are refused by their own names")
    func namedRefusals() {
        let nul = #expect(throws: JSONError.self) { try JSONParser.parse(#"{"a":["x\u0000"]}"#) }
        #expect(nul?.code == .nulInString)
        #expect(nul?.pointer == "/a/0")
        #expect(nul?.offset == 8)
        let inName = #expect(throws: JSONError.self) { try JSONParser.parse(#"{"\u0000":1}"#) }
        #expect(inName?.code == .nulInString)
        #expect(inName?.pointer == "")
        let number = #expect(throws: JSONError.self) { try JSONParser.parse(#"{"a":{"b":1e999}}"#) }
        #expect(number?.code == .numberOutOfBounds)
        #expect(number?.pointer == "/a/b")
    }

    @Test("A detail repeats nothing of the content")
    func silentDetail() throws {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse("{\"password\": hunter2}") }
        #expect(error?.detail == "Line 1, column 14: expected a value.")
        #expect(
            error?.violation
                == Violation(
                    pointer: "/password", code: "invalid_json", detail: "Line 1, column 14: expected a value."))
    }

    @Test("A long name is cut short in the detail, and its control characters are escaped")
    func longName() {
        let name = "\\n" + String(repeating: "n", count: 500)
        let error = #expect(throws: JSONError.self) { try JSONParser.parse("{\"\(name)\":1,\"\(name)\":1}") }
        #expect(error?.detail.contains("\\n" + String(repeating: "n", count: 63) + "…") == true)
        #expect(error?.detail.contains("\n") == false)
        #expect((error?.detail.count ?? .max) < 150)
    }

    @Test("Every prefix of a text is refused, and no byte changed makes the parser trap")
    func damaged() throws {
        let text = Array(#"{"a":[1.5e3,"x\u00e9\ud83d\ude00ü",true,null],"b":{"c":-0.10}}"#.utf8)
        _ = try JSONParser.parse(text)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONParser.parse(Array(text[..<length])) }
        }
        var random = SplitMix64(seed: 2)
        var accepted = 0
        for _ in 0..<20_000 {
            var damaged = text
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            guard let value = try? JSONParser.parse(damaged) else { continue }
            accepted += 1
            #expect(try JSONParser.parse(value.encoded()) == value)
        }
        #expect(accepted > 100)
    }
}
