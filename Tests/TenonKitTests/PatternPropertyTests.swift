import TenonKit
import TestSupport
import Testing

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
