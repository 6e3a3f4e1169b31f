import TenonKit
import Testing

@Suite struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("Commas stand between members and elements, and nowhere else")
    func commas() {
        let written = text { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.endArray()
            writer.key("b")
            writer.beginArray()
            writer.integer(1)
            writer.bool(true)
            writer.bool(false)
            writer.null()
            writer.beginObject()
            writer.endObject()
            writer.string("x")
            writer.encoded(Array("[2]".utf8))
            writer.value(["y": 3])
            writer.endArray()
            writer.key("c")
            writer.number(JSONNumber(-7))
            writer.endObject()
        }
        #expect(written == #"{"a":[],"b":[1,true,false,null,{},"x",[2],{"y":3}],"c":-7}"#)
    }

    @Test(
        "A string is escaped where RFC 8259 asks for it and left alone elsewhere",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("a\"b\\c/", #""a\"b\\c/""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""),
            ("grüße, 世界 😀\u{2028}", "\"grüße, 世界 😀\u{2028}\""), ("12345678\"", #""12345678\"""#),
            ("1234567\n90123456\\", #""1234567\n90123456\\""#),
            ("\u{80}!#[]^\u{A2}\u{DC}", "\"\u{80}!#[]^\u{A2}\u{DC}\""),
        ])
    func strings(value: String, expected: String) {
        #expect(text { $0.string(value) } == expected)
        #expect(text { $0.key(value) } == expected + ":")
    }

    @Test("A byte that needs an escape is found at any place of a string of any length")
    func escapesEverywhere() throws {
        for length in 1...40 {
            for place in 0..<length {
                for byte in ["\"", "\\", "\u{1F}", "\u{0B}"] as [Character] {
                    var characters = [Character](repeating: "ü", count: length)
                    for index in stride(from: 0, to: length, by: 3) { characters[index] = "\u{7F}" }
                    characters[place] = byte
                    let value = JSONValue.string(String(characters))
                    #expect(try JSONParser.parse(value.encoded()) == value)
                }
            }
        }
    }

    @Test("Integers are written whole", arguments: [0, 7, -7, 10, 1_000_000, Int64.max, Int64.min])
    func integers(value: Int64) {
        #expect(text { $0.integer(value) } == String(value))
    }

    @Test("Pretty text has a member or element a line and parses back")
    func pretty() throws {
        let value: JSONValue = ["a": [1, ["b": "x\ny"], []], "c": [:], "d": .null]
        #expect(
            value.pretty() == """
                {
                  "a": [
                    1,
                    {
                      "b": "x\\ny"
                    },
                    []
                  ],
                  "c": {},
                  "d": null
                }
                """)
        #expect(try JSONParser.parse(value.pretty()) == value)
    }
}
