import TenonKit
import Testing

@Suite struct PatternTests {
    private static let syntax: [(pattern: String, matching: [String], failing: [String])] = [
        // Literals and the unanchored search.
        ("", ["", "a"], []), ("abc", ["abc", "xabcx", "ababc"], ["", "ab", "acb", "ABC"]),
        ("ü世😀", ["ü世😀"], ["u世😀", "ü世"]),
        ("a.c", ["abc", "a世c", "a\rc"], ["ac", "a\nc"]), ("^.$", ["😀", "x"], ["", "ab", "\n"]),
        ("}]", ["}]"], ["}"]), ("a{", ["a{"], ["a"]), ("a{,3}", ["a{,3}"], ["aaa"]), ("a{x}", ["a{x}"], ["ax"]),
        ("^{", ["{"], ["a{"]), ("a{1,x", ["a{1,x"], ["a"]), ("a{1}{", ["a{"], ["a"]),
        // Anchors.
        ("^abc$", ["abc"], ["abcd", "xabc", "abc\n", "\nabc"]), (#"\Aa\z"#, ["a"], ["a\n", "ba"]),
        ("(?m)^b$", ["a\nb\nc"], ["abc"]),
        ("^", ["", "x"], []), ("$", ["", "x"], []), ("^$", [""], ["x", "\n"]),
        ("(?m)^$", ["", "a\n", "a\n\nb"], ["a"]),
        ("a^b", [], ["ab"]), ("(^a|b)c", ["acx", "xbc"], ["xac"]), ("(^|x)a", ["a", "bxa"], ["ba"]),
        ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
        ("(?m)a$", ["a\nb"], ["ab"]), (#"(?m)\Ab"#, ["b"], ["a\nb"]), ("^*a", ["ba"], ["b"]), ("x*$", ["abc"], []),
        (#"\bfoo\b"#, ["foo", "a foo.", "é foo", "éfoo"], ["foobar", "xfoo", "_foo", "foo1"]),
        (#"\Boo\b"#, ["foo"], ["oo", "foob"]),
        (#"\b"#, ["a"], ["", "é", " "]), (#"\B"#, ["", "é", "ab"], ["a"]), (#"^\b\w+\b$"#, ["word"], ["two words"]),
        // Repetition.
        ("^ab*c$", ["ac", "abc", "abbbbc"], ["adc"]), ("^ab+c$", ["abc", "abbc"], ["ac"]),
        ("^ab?c$", ["ac", "abc"], ["abbc"]),
        ("^a{3}$", ["aaa"], ["aa", "aaaa"]), ("^a{2,}$", ["aa", "aaaaa"], ["", "a"]),
        ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
        ("^a{0}$", [""], ["a"]), ("^a{0,}$", ["", "aa"], ["b"]), ("^a{0,1}$", ["", "a"], ["aa"]),
        ("^a{1,}$", ["a", "aa"], [""]),
        ("^(ab){2}$", ["abab"], ["ab", "ababab"]), ("^(a|bc){1,2}$", ["a", "bc", "abc", "bca"], ["", "aaa", "b"]),
        ("^a*?b+?c??d{1,2}?$", ["bd", "aabbcdd"], ["ad", "bccd"]), ("^(a*)*$", ["", "aaaa"], ["aab"]),
        ("^(a*)+b$", ["b", "aab"], ["aa"]),
        ("^(a?){3}$", ["", "aaa"], ["aaaa"]), ("^(|a)+$", ["", "aa"], ["b"]), ("^(a|b*)*c$", ["c", "abbac"], ["abd"]),
        ("^(){5}a$", ["a"], [""]),
        ("^[a-z]{2}-[0-9]{3,5}$", ["ab-123", "zz-12345"], ["ab-12", "ab-123456", "a-123"]),
        // Alternation and groups.
        ("^(cat|dog|)$", ["cat", "dog", ""], ["ca", "catdog"]), ("a||b", ["", "x"], []),
        ("^(?:a|(b(c|d)))+$", ["abcbd", "a"], ["b", "abe"]),
        ("^(?P<year>[0-9]{4})-(?<month>[0-9]{2})$", ["2026-11"], ["26-11"]),
        ("^a|b|c$", ["axx", "xbx", "xxc"], ["xax", "cx"]),
        // Classes.
        ("^[abc]$", ["a", "c"], ["d", "ab"]), ("^[^abc]$", ["d", "世", "\n"], ["a"]),
        ("^[a-cx-z]$", ["b", "y"], ["d", "-"]),
        ("^[]a]$", ["]", "a"], ["b"]), ("^[^]a]$", ["b"], ["]", "a"]), ("^[-a]$", ["-", "a"], ["b"]),
        ("^[a-]$", ["-", "a"], ["b"]),
        ("^[a-c-e]$", ["b", "-", "e"], ["d"]), (#"^[\d-z]$"#, ["5", "-", "z"], ["a"]),
        (#"^[\]\-\\^]$"#, ["]", "-", "\\", "^"], ["a"]),
        ("^[а-я]$", ["б"], ["b", "Б"]), ("^[世-界]$", ["界", "世"], ["a"]), ("^[a-ce-gc-f]$", ["a", "d", "g"], ["h"]),
        ("[[]", ["["], ["]"]),
        ("^[[:a]$", ["[", ":", "a"], ["]"]), (#"[^\x00-\x{10FFFF}]"#, [], ["", "a", "😀"]),
        ("^[.*+?$^()|{]+$", [".*+?$^()|{"], ["a"]),
        (#"^\d\D\w\W\s\S$"#, ["1a_- x", "0世Z\n\tx"], ["aa_- x", "١a_- x", "1aé- x"]),
        (#"^[\d\s]+$"#, ["1 2\t\n\r\u{C}"], ["\u{B}", "a"]),
        (#"^[\D]$"#, ["a", "世"], ["1"]), (#"^[^\D]$"#, ["1"], ["a", "世"]), (#"^[\W\d]$"#, ["1", "-", "世"], ["a"]),
        (#"^[^\w.]$"#, ["-"], ["a", "."]),
        ("^[[:alpha:]]+$", ["abcXYZ"], ["ab1", "é"]), ("^[[:^alpha:]]$", ["1", "é"], ["a"]),
        ("^[[:digit:][:upper:]_]+$", ["A_1"], ["a"]),
        ("^[[:alnum:]]$", ["a", "9"], ["_"]), ("^[[:word:]]$", ["_"], ["-"]), ("^[[:space:]]$", ["\u{B}", " "], ["a"]),
        ("^[[:blank:]]$", ["\t"], ["\n"]),
        ("^[[:a[:b]+$", ["[:ab"], ["]", "c"]), ("^[[:digit:][:a]+$", ["1[:a"], ["d", "]"]),
        ("^[[:punct:]]+$", ["!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"], ["a", " "]), ("^[[:xdigit:]]+$", ["09afAF"], ["g"]),
        ("^[[:cntrl:]]$", ["\u{1}", "\u{7F}"], [" "]), ("^[[:graph:]]$", ["!"], [" "]),
        ("^[[:print:]]$", [" "], ["\n"]),
        ("^[[:ascii:]]$", ["\u{0}", "\u{7F}"], ["\u{80}"]), ("^[[:lower:]]$", ["a"], ["A"]),
        ("^[^[:lower:]x]$", ["A", "1"], ["x", "a"]),
        // Unicode's general categories.
        (#"^\pL+$"#, ["aZéЖ世"], ["1", "_"]), (#"^\p{Lu}$"#, ["A", "Ж"], ["a", "世"]),
        (#"^\PL$"#, ["1", "😀"], ["a", "世"]),
        (#"^\P{Lu}$"#, ["a"], ["A"]), (#"^\p{^Lu}$"#, ["a"], ["A"]), (#"^\P{^Lu}$"#, ["A"], ["a"]),
        (#"^\p{Nd}+$"#, ["1٣"], ["Ⅷ"]),
        (#"^\pN+$"#, ["1Ⅷ½"], ["a"]), (#"^[\p{Lu}\p{Nd}_]+$"#, ["AЖ1_"], ["a"]), (#"^[^\pL]$"#, ["1"], ["é"]),
        (#"^[\PL\d]$"#, ["-", "1"], ["a"]),
        (#"^[\PL\PN]$"#, ["a", "1"], []), (#"^\p{Sc}\pZ\p{Pd}\pM\p{Cc}\p{So}$"#, ["€ -\u{301}\u{1}😀"], ["$"]),
        (#"^\p{Any}$"#, ["a", "😀"], [""]),
        (#"^\p{LC}$"#, ["a", "A", "ǅ"], ["世"]), (#"^\p{Cn}$"#, ["\u{378}"], ["a"]),
        // Flags.
        ("(?i)^straße$", ["STRAßE", "straẞe"], ["strasse"]), ("(?i)^[a-f]+$", ["aBcF"], ["g"]),
        ("(?i)^[^a]$", ["b", "B"], ["a", "A"]),
        ("(?i)^éж$", ["ÉЖ", "éЖ"], ["eж"]), ("(?i)^k$", ["K", "\u{212A}"], ["c"]), ("(?i)^\u{212A}$", ["k", "K"], []),
        ("(?i)^ſ$", ["s", "S"], []),
        ("(?i)^σ$", ["Σ", "ς"], ["s"]), ("(?i)^[\u{3B1}-\u{3C9}]$", ["Ω", "ς", "\u{2126}"], ["a"]),
        ("(?i)^ı$", ["ı"], ["i", "I", "İ"]),
        ("(?i)^i$", ["I"], ["ı", "İ"]), (#"(?i)^\p{Lu}$"#, ["a", "A"], ["1", "世"]),
        (#"(?i)^\P{Lu}$"#, ["1"], ["a", "A"]),
        (#"(?i)^\W$"#, ["-", "é"], ["s", "S", "\u{17F}", "k"]), (#"(?i)^[^\W]$"#, ["s", "\u{17F}"], ["-"]),
        ("(?i)^[[:upper:]]$", ["a", "A"], ["1"]),
        ("^a(?i)b$", ["ab", "aB"], ["Ab", "AB"]), ("^(a(?i)b)c$", ["aBc"], ["aBC"]), ("^(?i:a)b$", ["Ab"], ["AB"]),
        ("^(?i)a(?-i)b$", ["Ab"], ["AB"]),
        ("^(?i-s:A.)$", ["ax"], ["a\n"]), ("(?s)^.$", ["\n"], []), ("(?s:^.)(?-s:.)$", ["\na"], ["a\n"]),
        ("^a(?i)b|C$", ["aB", "xc"], ["ABx"]),
        ("(?U)^a+$", ["aa"], ["b"]), ("(?im)^b$", ["a\nB"], ["ab"]), ("(?ism-U)^B.$", ["a\nb\n"], ["ab"]),
        ("(?)a", ["a"], ["b"]), ("(?i)1-\\.", ["1-."], ["1-x"]),
        // Escapes.
        (#"^\x41\x{42}\x{1F600}$"#, ["AB😀"], ["AB"]), (#"^\a\f\n\r\t\v$"#, ["\u{7}\u{C}\n\r\t\u{B}"], ["afnrtv"]),
        (#"^\101\60\0$"#, ["A0\u{0}"], ["A"]),
        (#"^\u0041\u{42}\u{1F432}\uD83D\uDC32$"#, ["AB🐲🐲"], ["AB🐲"]), (#"^[\u0020-\u007E]$"#, ["a", " "], ["\u{7F}"]),
        (#"^[\uD83D\uDC32-\uD83D\uDC33]+$"#, ["🐲🐳"], ["🐱"]), (#"^\u00e9\u00E9$"#, ["éé"], ["e"]),
        (#"^\0123$"#, ["\n3"], ["\u{53}"]), (#"^\12$"#, ["\n"], ["12"]),
        (#"^\.\*\+\?\(\)\[\]\{\}\|\^\$\\\/\-\ \@$"#, [#".*+?()[]{}|^$\/- @"#], [""]),
        (#"^\Qa.b*\E+$"#, ["a.b*", "a.b**"], ["axb", "a.b*a.b*"]), (#"^\Q(|)\E(a|b)$"#, ["(|)a"], ["a"]),
        (#"\Qa\b"#, [#"a\b"#], ["a"]), (#"^a\Q\Eb$"#, ["ab"], ["a"]),
        (#"^[\n\x41-\x43\t]$"#, ["\n", "B"], ["D"]), (#"^\x{e9}$"#, ["\u{E9}"], ["e\u{301}"]),
        (#"^[\101-\103]$"#, ["B"], ["1"]),
        // From practice.
        (
            #"^[a-z][a-z0-9_]{0,62}$"#, ["a", "feature_flag_2"],
            ["", "2a", "A", "a-b", String(repeating: "a", count: 64)]
        ),
        (#"^(?:\d{1,3}\.){3}\d{1,3}$"#, ["10.0.0.1"], ["10.0.0", "10.0.0.1.2"]),
        (#"^[^@\s]+@[^@\s]+\.[^@\s]+$"#, ["a@b.c"], ["a@b", "a b@c.d"]),
        (
            #"(?i)\b(error|timeout)\b.*after \d+ ?ms"#, ["12:00 ERROR: gave up after 30 ms", "Timeout after 5ms"],
            ["errors after 30 ms", "error after ms"]
        ),
    ]

    @Test("A pattern matches what RE2's syntax says, and nothing else", arguments: syntax)
    func matching(pattern: String, matching: [String], failing: [String]) throws {
        let compiled = try Pattern(pattern)
        for text in matching { #expect(compiled.matches(text), "\(pattern) on \(text.debugDescription)") }
        for text in failing { #expect(!compiled.matches(text), "\(pattern) on \(text.debugDescription)") }
    }

    private static let ofBothDialects: [(pattern: String, re2: [String], ecma262: [String])] = [
        (#"^\s$"#, [" ", "\t", "\n", "\u{C}", "\r"], [" ", "\t", "\n", "\u{B}", "\u{C}", "\r"] + beyondASCII),
        (#"^[\s]$"#, [" ", "\n"], [" ", "\n", "\u{B}"] + beyondASCII),
        (#"^[^\S]$"#, [" ", "\n"], [" ", "\n", "\u{B}"] + beyondASCII),
        (
            #"^\S$"#, ["a", "\u{B}", "\u{85}", "\u{180E}", "\u{200B}"] + beyondASCII,
            ["a", "\u{85}", "\u{180E}", "\u{200B}"]
        ),
        (#"^[^\s]$"#, ["a", "\u{B}", "\u{85}"] + beyondASCII, ["a", "\u{85}"]),
        ("^.$", ["a", "\r", "\u{2028}", "\u{2029}", "\u{85}"], ["a", "\u{85}"]),
        ("(?s)^.$", ["\n", "\r", "\u{2028}"], ["\n", "\r", "\u{2028}"]),
        (#"^\w\d$"#, ["a1"], ["a1"]),
    ]
    private static let beyondASCII = [
        "\u{A0}", "\u{1680}", "\u{2000}", "\u{200A}", "\u{2028}", "\u{2029}", "\u{202F}", "\u{205F}", "\u{3000}",
        "\u{FEFF}",
    ]

    @Test(
        "White space and the ends of lines are ASCII's in RE2's dialect, and Unicode's in that of ECMA-262",
        arguments: ofBothDialects)
    func dialects(pattern: String, re2: [String], ecma262: [String]) throws {
        let (policy, rule) = (try Pattern(pattern), try Pattern(pattern, as: .ecma262))
        // Swift takes some kinds of spaces for equal.
        func holds(_ texts: [String], _ text: String) -> Bool { texts.contains { $0.utf8.elementsEqual(text.utf8) } }
        for text in re2 + ecma262 {
            #expect(policy.matches(text) == holds(re2, text), "\(pattern) on \(text.debugDescription) in RE2")
            #expect(rule.matches(text) == holds(ecma262, text), "\(pattern) on \(text.debugDescription) in ECMA-262")
        }
    }

    @Test("Patterns are equal by their source, and keep it")
    func identity() throws {
        #expect(try Pattern("a|b") == Pattern("a|b"))
        #expect(try Pattern("a|b") != Pattern("b|a"))
        #expect(try Pattern("a|b") != Pattern("a|b", as: .ecma262))
        #expect(try Pattern("\u{E9}") != Pattern("e\u{301}"))
        #expect(try Set([Pattern("a"), Pattern("a"), Pattern("b")]).count == 2)
        #expect(try Pattern("(?i)x").source == "(?i)x")
    }

    @Test("One pattern serves many tasks at once")
    func concurrency() async throws {
        let pattern = try Pattern("^(a|b)*abb$")
        let right = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let body = String(repeating: number % 2 == 0 ? "ab" : "ba", count: 500)
                    return pattern.matches(body + "abb") && !pattern.matches(body + "aab")
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(right)
    }

    @Test("Patterns that ruin a backtracking matcher are answered")
    func hardPatterns() throws {
        let letters = String(repeating: "a", count: 100_000)
        #expect(try !Pattern("^(a+)+$").matches(letters + "b"))
        #expect(try Pattern("^(a+)+$").matches(letters))
        #expect(try !Pattern("(a|a)*(a|aa)+c").matches(letters))
        #expect(try !Pattern("(.*)(.*)(.*)(.*)(.*)[0-9]$").matches(letters))
        #expect(try Pattern("^(a?){100}a{100}$").matches(String(repeating: "a", count: 100)))
        #expect(try !Pattern("^(([a-z])+.)+[A-Z]([a-z])+$").matches(letters))
        #expect(try Pattern("(x+x+)+y|a$").matches(letters))
    }
}
