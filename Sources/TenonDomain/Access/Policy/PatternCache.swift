internal import Synchronization

/// Patterns that were compiled before. Only so many are kept: then it begins anew.
final class PatternCache: Sendable {
    private struct Key: Hashable {
        let kind: MatcherPattern
        let text: ExactText
    }

    private static let capacity = 4096

    private let compiled = Mutex<[Key: Result<Pattern, MatcherFault>]>([:])

    func pattern(_ kind: MatcherPattern, _ text: String) -> Result<Pattern, MatcherFault> {
        let key = Key(kind: kind, text: ExactText(text: text))
        if let known = compiled.withLock({ $0[key] }) { return known }
        let made = kind.compile(text)
        compiled.withLock { compiled in
            if compiled.count >= Self.capacity { compiled = [:] }
            compiled[key] = made
        }
        return made
    }
}
