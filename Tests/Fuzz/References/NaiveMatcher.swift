@testable internal import TenonKit

/// Matches a parsed pattern by its definition: every part takes the places where it can begin to those where it can
/// end. No program, no threads, no knowledge of first bytes: what the matcher is compared with.
struct NaiveMatcher {
    private let text: [Unicode.Scalar]
    private let sets: [PatternSet]
    /// How many more parts are looked at before the answer is given up.
    private var budget = 20_000

    /// Whether the pattern matches somewhere in the text; nil where finding out takes too long.
    static func matches(_ node: PatternNode, _ sets: [PatternSet], in text: String) -> Bool? {
        var matcher = NaiveMatcher(text: Array(text.unicodeScalars), sets: sets)
        let ends = matcher.ends(of: node, from: Set(0...matcher.text.count))
        return matcher.budget > 0 ? !ends.isEmpty : nil
    }

    private init(text: [Unicode.Scalar], sets: [PatternSet]) {
        self.text = text
        self.sets = sets
    }

    private mutating func ends(of node: PatternNode, from starts: Set<Int>) -> Set<Int> {
        budget -= 1 + starts.count
        guard !starts.isEmpty, budget > 0 else { return [] }
        switch node {
        case .empty: return starts
        case .range(let first, let last):
            return step(starts) { first <= $0.value && $0.value <= last }
        case .set(let index):
            let set = sets[index]
            return step(starts) { set.contains($0.value) }
        case .assertion(let assertion): return starts.filter { holds(assertion, at: $0) }
        case .concatenation(let nodes): return nodes.reduce(starts) { ends(of: $1, from: $0) }
        case .alternation(let nodes): return nodes.reduce(into: []) { $0.formUnion(ends(of: $1, from: starts)) }
        case .repetition(let node, let least, let most):
            var reached = (0..<least).reduce(starts) { places, _ in ends(of: node, from: places) }
            var new = reached
            var rounds = least
            while !new.isEmpty, most.map({ rounds < $0 }) ?? true {
                new = ends(of: node, from: new).subtracting(reached)
                reached.formUnion(new)
                rounds += 1
            }
            return reached
        }
    }

    private func step(_ starts: Set<Int>, over accepted: (Unicode.Scalar) -> Bool) -> Set<Int> {
        Set(starts.filter { $0 < text.count && accepted(text[$0]) }.map { $0 + 1 })
    }

    private func holds(_ assertion: PatternAssertion, at place: Int) -> Bool {
        let before = place > 0 ? text[place - 1] : nil
        let behind = place < text.count ? text[place] : nil
        switch assertion {
        case .textStart: return before == nil
        case .textEnd: return behind == nil
        case .lineStart: return before == nil || before == "\n"
        case .lineEnd: return behind == nil || behind == "\n"
        case .wordBoundary: return isWord(before) != isWord(behind)
        case .notWordBoundary: return isWord(before) == isWord(behind)
        }
    }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar, scalar.isASCII else { return false }
        return scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }
}
