import TenonKit
import Testing

@Suite struct PatternErrorTests {
    @Test(
        "What is no pattern is refused, with the place",
        arguments: [
            ("(", 0), ("a(b", 1), ("a)", 1), (")", 0), ("*", 0), ("a|*", 2), ("(+a)", 1), ("?", 0), ("{2}", 0),
            ("a**", 2),
            ("a+*", 2), ("a*??", 3), ("a{2}{3}", 4), ("a{2}*", 4), ("a*+", 2), ("a{1001}", 1), ("a{1,1001}", 1),
            ("a{99999999999999999999999}", 1), ("a{3,2}", 1), ("[", 0), ("[a", 0), ("[]", 0), ("[^]", 0), ("[a-", 0),
            ("[b-a]", 1), (#"[a-\d]"#, 3), (#"[\b]"#, 1), ("[[:what:]]", 1), ("[[:]:]]", 1), ("\\", 0), (#"a\"#, 1),
            (#"\y"#, 0), (#"\_"#, 0), (#"\é"#, 0), (#"\C"#, 0), (#"\Z"#, 0), (#"\E"#, 0), (#"\x"#, 0), (#"\x4"#, 0),
            (#"\xg0"#, 0), (#"\x{}"#, 0), (#"\x{41"#, 0), (#"\x{110000}"#, 0), (#"\x{D800}"#, 0),
            (#"\x{FFFFFFFFFFFFFFFFFFFF}"#, 0), (#"\u"#, 0), (#"\u004"#, 0), (#"\u00g0"#, 0), (#"\u{}"#, 0),
            (#"\u{110000}"#, 0), (#"a\uD83D"#, 1), (#"\uDC32"#, 0), (#"\uD83D\u0041"#, 0), (#"\uD83Dx"#, 0),
            (#"\p"#, 0), (#"\p{Lu"#, 0), ("(?", 0), ("(?i", 0), ("(?x)a", 0),
            ("(?i-)a", 0), ("(?-:a)", 0), ("(?--i)a", 0), ("(?>a)", 0), ("(?#a)", 0), ("(?P<>a)", 0), ("(?P<n", 0),
            ("(?<a-b>c)", 4), ("(?<é>c)", 3), ("(?<a>b)(?P<a>c)", 7), ("(?Px)", 0), ("(?i)*", 4), (#"\Q\E*"#, 4),
            ("世(", 1), ("(?'n'a)", 0), ("(?|a)", 0),
        ])
    func invalid(source: String, offset: Int) {
        let error = #expect(throws: PatternError.self) { try Pattern(source) }
        #expect(error?.code == .invalidPattern)
        #expect(error?.offset == offset)
        #expect(error?.detail.hasPrefix("Position \(offset + 1): ") == true)
    }

    @Test(
        "What cannot be matched in linear time is refused by its name",
        arguments: [
            (#"(a)\1"#, PatternError.Code.backReference, 3), (#"\8"#, .backReference, 0), (#"\19"#, .backReference, 0),
            (#"(?<n>a)\k<n>"#, .backReference, 7), ("(?P<n>a)(?P=n)", .backReference, 8), ("a(?=b)", .lookAround, 1),
            ("a(?!b)", .lookAround, 1), ("(?<=a)b", .lookAround, 0), ("(?<!a)b", .lookAround, 0),
            (#"\p{Greek}"#, .script, 0), (#"a\p{Lx}"#, .script, 1), (#"[\pX]"#, .script, 1), (#"\p{}"#, .script, 0),
        ])
    func unsupported(source: String, code: PatternError.Code, offset: Int) {
        let error = #expect(throws: PatternError.self) { try Pattern(source) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test("An error says in words why back-references and look-around are not there")
    func words() {
        let error = #expect(throws: PatternError.self) { try Pattern(#"(a)\1"#) }
        #expect(
            error?.detail
                == "Position 4: back-references are not supported, because they cannot be matched in linear time.")
    }

    @Test("A source may have 4096 characters, of whatever length in bytes")
    func length() throws {
        #expect(try Pattern(String(repeating: "世", count: 4096)).matches("世") == false)
        let error = #expect(throws: PatternError.self) { try Pattern(String(repeating: "a", count: 4097)) }
        #expect(error?.code == .patternTooLong)
        #expect(error?.offset == 4096)
    }

    @Test(
        "A pattern that repetitions make too large is refused before it is written out",
        arguments: [
            "((a{100}){100}){100}", "(a{1000}){11}",
            "(((((((((a{1000}){1000}){1000}){1000}){1000}){1000}){1000}){1000}){1000})",
            "((){1000}){1000}", "(a{0,1000}){6}", "(?:(?:(?:|a){500}){10}|b){2}", "(\\b{1000}){1000}",
        ])
    func tooLarge(source: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(source) }
        #expect(error?.code == .patternTooLarge)
    }

    @Test("A pattern just within the bound is matched")
    func large() throws {
        let pattern = try Pattern("^(a{100}){99}$")
        #expect(pattern.matches(String(repeating: "a", count: 9900)))
        #expect(!pattern.matches(String(repeating: "a", count: 9899)))
        #expect(try Pattern("^(a{0,1000}){4}$").matches(String(repeating: "a", count: 4000)))
    }

    @Test("Nesting stops at 200 groups, without harm to the stack")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")*", count: depth)
        }
        #expect(try Pattern("^\(nested(200))$").matches("aaa"))
        for depth in [201, 1300] {
            let error = #expect(throws: PatternError.self) { try Pattern(nested(depth)) }
            #expect(error?.code == .nestingTooDeep)
            #expect(error?.offset == 200)
        }
        #expect(throws: PatternError.self) { try Pattern(String(repeating: "(", count: 4096)) }
        #expect(throws: PatternError.self) { try Pattern(String(repeating: "(?i:", count: 1024)) }
    }
}
