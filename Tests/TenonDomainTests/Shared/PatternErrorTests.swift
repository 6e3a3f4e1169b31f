import TenonDomain
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
            (#"\x{FFFFFFFFFFFFFFFFFFFF}"#, 0), (#"\p"#, 0), (#"\p{Lu"#, 0), ("(?", 0), ("(?i", 0), ("(?x)a", 0),
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

@Suite struct PatternPropertyTests {
    /// A pattern over `a` and `b`, and what a naive matcher makes of it.
    private indirect enum Regex {
        case empty, any
        case letter(Character)
        case start, end
        case both(Regex, Regex)
        case either(Regex, Regex)
        case repeated(Regex, Int, Int?)

        var source: String {
            switch self {
            case .empty: "(?:)"
            case .any: "."
            case .letter(let letter): String(letter)
            case .start: "^"
            case .end: "$"
            case .both(let left, let right): left.source + right.source
            case .either(let left, let right): "(\(left.source)|\(right.source))"
            case .repeated(let inner, 0, nil): "(\(inner.source))*"
            case .repeated(let inner, 1, nil): "(\(inner.source))+?"
            case .repeated(let inner, 0, 1): "(?:\(inner.source))?"
            case .repeated(let inner, let least, nil): "(\(inner.source)){\(least),}"
            case .repeated(let inner, let least, let most?): "(\(inner.source)){\(least),\(most)}"
            }
        }

        /// Every place where a match from `place` can end.
        func ends(in text: [Character], from place: Int) -> Set<Int> {
            switch self {
            case .empty: return [place]
            case .any: return place < text.count ? [place + 1] : []
            case .letter(let letter): return place < text.count && text[place] == letter ? [place + 1] : []
            case .start: return place == 0 ? [place] : []
            case .end: return place == text.count ? [place] : []
            case .both(let left, let right):
                return left.ends(in: text, from: place).reduce(into: []) {
                    $0.formUnion(right.ends(in: text, from: $1))
                }
            case .either(let left, let right):
                return left.ends(in: text, from: place).union(right.ends(in: text, from: place))
            case .repeated(let inner, let least, let most):
                // Once it went through `least` rounds, a round more than there are characters reaches nothing new.
                var reached: Set<Int> = least == 0 ? [place] : []
                var last: Set<Int> = [place]
                for round in 1...max(1, min(most ?? .max, least + text.count + 1)) where most != 0 {
                    last = last.reduce(into: []) { $0.formUnion(inner.ends(in: text, from: $1)) }
                    if round >= least { reached.formUnion(last) }
                }
                return reached
            }
        }

        static func random(depth: Int, _ random: inout SplitMix64) -> Regex {
            guard depth > 0 else {
                return [.letter("a"), .letter("b"), .letter("a"), .letter("b"), .any, .empty, .start, .end]
                    .randomElement(using: &random)!
            }
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2: return .both(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
            case 3, 4: return .either(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
            case 5: return .random(depth: 0, &random)
            default:
                let least = Int.random(in: 0...3, using: &random)
                let most = Bool.random(using: &random) ? nil : least + Int.random(in: 0...2, using: &random)
                return .repeated(.random(depth: depth - 1, &random), least, most)
            }
        }
    }

    @Test("Random patterns agree with a naive matcher on random texts")
    func agreement() throws {
        var random = SplitMix64(seed: 4)
        var matched = 0
        var failed = 0
        for _ in 0..<3000 {
            let regex = Regex.random(depth: 4, &random)
            let pattern = try Pattern(regex.source)
            for _ in 0..<4 {
                let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                    Bool.random(using: &random) ? "a" : "b" as Character
                }
                let expected = (0...text.count).contains { !regex.ends(in: text, from: $0).isEmpty }
                #expect(pattern.matches(String(text)) == expected, "\(regex.source) on \(String(text))")
                if expected { matched += 1 } else { failed += 1 }
            }
        }
        #expect(matched > 1000 && failed > 1000)
    }

    @Test("Any text at all is a pattern or an error, and no pattern traps")
    func garbage() {
        var random = SplitMix64(seed: 5)
        let pieces =
            Array(#"ab()[]{}|*+?^$.\-:,019<>=!PpQEdwxULi#é世"#).map(String.init) + [
                "(?", "[[:", ":]]", "\\p{", "(?P<", "\\x{", "{2,3}",
            ]
        var compiled = 0
        for _ in 0..<20_000 {
            let source = (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            guard let pattern = try? Pattern(source) else { continue }
            compiled += 1
            for text in ["", "ab", "aé世\n0", source] {
                // What matches goes on matching in a longer text where nothing ties it to the ends.
                if pattern.matches(text), !source.contains(where: { "^$\\".contains($0) }) {
                    #expect(pattern.matches("x" + text + "y"), "\(source)")
                }
            }
        }
        #expect(compiled > 1000)
    }
}
