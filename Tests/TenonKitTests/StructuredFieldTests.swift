import TenonKit
import TestSupport
import Testing

@Suite struct StructuredFieldTests {
    @Test("A dictionary is read and written as RFC 9651 writes it")
    func dictionary() throws {
        let text = #"sig=("@method" "x";key="a\"b");created=1;alg="ed25519";ok, b=?0;x=tok/en, c, d=:AAE=:;n=-12"#
        let parsed = try #require(StructuredDictionary(text))
        #expect(parsed.text == text)
        guard case .list(let list) = parsed["sig"] else {
            Issue.record("sig is no list")
            return
        }
        #expect(list.items.map(\.bare) == [.string("@method"), .string("x")])
        #expect(list.items[1].parameters == [StructuredParameter("key", .string("a\"b"))])
        #expect(list["created"] == .integer(1))
        #expect(list["ok"] == .boolean(true))
        #expect(parsed["c"] == .item(StructuredItem(.boolean(true))))
        #expect(parsed["d"] == .item(StructuredItem(.bytes([0, 1]), [StructuredParameter("n", .integer(-12))])))
    }

    @Test("White space may stand around commas and inside of lists, and is written in one way")
    func whiteSpace() throws {
        let parsed = try #require(StructuredDictionary("  a=( \"x\"   \"y\" ); p=1 ,\t b=1  "))
        #expect(parsed.text == #"a=("x" "y");p=1, b=1"#)
        #expect(StructuredDictionary("")?.members.isEmpty == true)
    }

    @Test(
        "What is no dictionary, or says something twice, is refused",
        arguments: [
            "a=1,", ",a=1", "a=1 b=2", "a=1,,b=2", "A=1", "a=", "a==1", "a=(", "a=(1", "a=(1,2)", "a=(1\t2)",
            "a=(\"x\"\"y\")",
            "a=\"x", "a=\"\\x\"", "a=\"é\"", "a=:AA:", "a=:AA=A:", "a=:A-_=:", "a=::b", "a=?2", "a=1.5",
            "a=1234567890123456",
            "a=-", "a=1;", "a=1;B=2", "a=@1", "a=%\"x\"", "a=1, a=2", "a=1;p=1;p=2", "a\t=1", "a=\u{7F}",
        ])
    func refused(text: String) {
        #expect(StructuredDictionary(text) == nil)
    }

    @Test("Fields of more than the maxima are refused")
    func bounds() {
        func members(_ count: Int) -> String { (0..<count).map { "k\($0)=1" }.joined(separator: ",") }
        #expect(StructuredDictionary(members(16)) != nil)
        #expect(StructuredDictionary(members(17)) == nil)
        #expect(StructuredDictionary("a=(\(String(repeating: "1 ", count: 64)))") != nil)
        #expect(StructuredDictionary("a=(\(String(repeating: "1 ", count: 65)))") == nil)
        #expect(StructuredDictionary("a=1" + (0..<17).map { ";p\($0)" }.joined()) == nil)
        #expect(StructuredDictionary("a=\"\(String(repeating: "x", count: 8192))\"") == nil)
    }

    @Test("Base 64 is read strictly and as it is written")
    func base64() {
        var random = SplitMix64(seed: 9)
        for count in 0..<80 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        for text in ["A", "AA", "AAA", "AB==", "A===", "====", "AA=A", "AA==AA==", "-_8=", "AA =", "AAA=\n"] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
    }
}
