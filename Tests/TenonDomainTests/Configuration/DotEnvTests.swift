import TenonDomain
import TenonKit
import Testing

@Suite struct DotEnvTests {
    private func texts(_ document: String) throws -> [String] {
        try DotEnv.read(Array(document.utf8)).map { item in
            guard case .text(let text) = item.content else { return "" }
            return "\(item.key)=\(text)"
        }
    }

    @Test(
        "A line's value is what the common readers agree on",
        arguments: [
            ("A=1", "1"), ("A=", ""), ("A = 1 ", "1"), ("  A=1", "1"), ("export A=1", "1"), ("export\tA=1", "1"),
            ("A=a b  c", "a b  c"), ("A=a#b", "a#b"), ("A=#a", "#a"), ("A= # nothing", ""), ("A=a # b", "a"),
            ("A=a\t# b", "a"), ("A=b=c", "b=c"), ("A=it's", "it's"), ("A=$B ${C}", "$B ${C}"), ("A=a\\n", "a\\n"),
            ("A='a # b'", "a # b"), ("A='a\\n$B'", "a\\n$B"), ("A=''", ""), ("A=\"\" # empty", ""),
            (#"A="a\n\r\t\"\\\$b""#, "a\n\r\t\"\\$b"), (#"A="\x\'""#, #"\x\'"#), ("A=\"a\nb\"", "a\nb"),
            ("A=\"a\r\nb\"", "a\nb"), ("A='a`b'", "a`b"), (#"A="\`""#, "`"), ("A=a`b", "a`b"), ("A='a\nb' # c", "a\nb"),
            ("A=é", "é"), ("A='\u{1}'", "\u{1}"),
            ("\u{FEFF}A=1", "1"),
        ])
    func values(line: String, expected: String) throws {
        let read = try texts(line)
        #expect(read.map { Array($0.utf8) } == [Array("A=\(expected)".utf8)])
        #expect(try texts(line + "\r\nB=2") == read + ["B=2"])
    }

    @Test("Items have their line and pointer, with comments, blank lines and values of several lines counted")
    func places() throws {
        let items = try DotEnv.read(Array("# first\n\n A=1\r\nB='x\n\ny'\n  # between\nexport=2\nC~/d=3".utf8))
        #expect(items.map(\.key) == ["A", "B", "export", "C~/d"])
        #expect(items.map(\.line) == [3, 4, 8, 9])
        #expect(items.map(\.pointer) == ["/A", "/B", "/export", "/C~0~1d"])
        #expect(try DotEnv.read([]) == [])
        #expect(try texts("A=1\r") == ["A=1"])
    }

    @Test(
        "What is no line of a key and a value is refused with its line",
        arguments: [
            ("A=1\nB", "Line 2: expected 'KEY=value'."), ("export A", "Line 1: expected 'KEY=value'."),
            (" =1", "Line 1: expected a key before '='."),
            ("\nA='a\nb\n", "Line 2: the quote that opens here is not closed."),
            (#"A="a\""#, "Line 1: the quote that opens here is not closed."),
            (
                "A='a\n'b",
                "Line 2: only a comment, after a space, may follow the closing quote; within single quotes a backslash is literal."
            ),
            (
                "A='a'# b",
                "Line 1: only a comment, after a space, may follow the closing quote; within single quotes a backslash is literal."
            ),
            ("\nA=`a`", "Line 2: a value that begins with a backtick must be in single quotes."),
            (
                #"A='Let\'s go'"#,
                "Line 1: only a comment, after a space, may follow the closing quote; within single quotes a backslash is literal."
            ),
            ("A=\u{1}", "Line 1: a value with a control character must be quoted."),
            ("A=1\rB=2", "Line 1: a value with a control character must be quoted."),
            ("\nA='\u{0}'", "Line 2: a text must not contain U+0000."),
            ("A=1\na=2\n\nA=3", #"Line 4: duplicate key "A", first used in line 1."#),
        ])
    func refused(document: String, detail: String) {
        let failure = #expect(throws: Failure.self) { try DotEnv.read(Array(document.utf8)) }
        #expect(failure?.code == .validationFailed)
        #expect(failure?.violations.map(\.detail) == [detail])
    }

    @Test("Within quotes CR and LF are a line feed where all lines end so, and themselves elsewhere")
    func lineEnds() throws {
        #expect(try texts("A='x\r\ny'\r\nB=1\r\n").map { Array($0.utf8) } == ["A=x\ny", "B=1"].map { Array($0.utf8) })
        #expect(try texts("A='x\r\ny'\nB=1\r\n").map { Array($0.utf8) } == ["A=x\r\ny", "B=1"].map { Array($0.utf8) })
        #expect(try texts("\nA=\"x\r\n\"\r\n").map { Array($0.utf8) } == [Array("A=x\r\n".utf8)])
    }

    @Test("Bytes that are not UTF-8 are refused with their line")
    func invalidUTF8() {
        let failure = #expect(throws: Failure.self) { try DotEnv.read(Array("A=1\nB=".utf8) + [0xFF]) }
        #expect(failure?.violations.map(\.code) == ["invalid_utf8"])
        #expect(failure?.detail == "Line 2: the text is not valid UTF-8.")
    }
}
