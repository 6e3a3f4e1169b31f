internal import Synchronization
internal import TenonKit

/// Compiled patterns; the least recently used are evicted.
final class PatternCache: Sendable {
    private struct Key: Hashable {
        let kind: MatcherPattern
        let text: ExactText
    }

    /// Approximate bytes.
    static let capacity = 1 << 20

    private let compiled = Mutex(BoundedCache<Key, Result<Pattern, MatcherFault>>(capacity: capacity))

    /// Compiling a new pattern is charged.
    func pattern(
        _ kind: MatcherPattern, _ text: String, _ meter: inout StepMeter
    ) -> Result<Pattern, MatcherFault> {
        let key = Key(kind: kind, text: ExactText(text: text))
        if let known = compiled.withLock({ $0.value(for: key) }) { return known }
        let made = kind.compile(text)
        let instructions = (try? made.get())?.instructionCount ?? 0
        _ = meter.spend(text.utf8.count + 3 * instructions)
        compiled.withLock { $0.insert(made, for: key, cost: 256 + 3 * text.utf8.count + 32 * instructions) }
        return made
    }
}
