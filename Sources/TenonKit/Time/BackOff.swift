/// How long to wait before the next try: from the shortest delay on, each is `factor` times the one before, up to the
/// longest. Chance shortens each, so that many clients do not retry at the same moment.
package struct BackOff: Sendable, Hashable {
    private let bounds: ClosedRange<Duration>
    private let factor: Int
    private let jitter: Double
    private let startsAtOnce: Bool
    private var delay: Duration

    /// `jitter` is the part of a delay that chance may take off, from 0 to 1. With `startsAtOnce` the first delay is zero.
    package init(
        _ bounds: ClosedRange<Duration>, factor: Int = 2, jitter: Double = 0.5, startsAtOnce: Bool = false
    ) {
        self.bounds = bounds
        self.factor = factor
        self.jitter = jitter
        self.startsAtOnce = startsAtOnce
        delay = startsAtOnce ? .zero : bounds.lowerBound
    }

    /// The delay after one more failure. `random` is 0 for the full delay and 1 for the shortest that `jitter` allows;
    /// `least` is what the other side asked for.
    package mutating func next(atLeast least: Duration = .zero, random: Double = .random(in: 0...1)) -> Duration {
        defer { delay = min(max(delay * factor, bounds.lowerBound), bounds.upperBound) }
        return max(delay, least) * (1 - random * jitter)
    }

    /// It worked: the next failure is the first one again.
    package mutating func reset() {
        delay = startsAtOnce ? .zero : bounds.lowerBound
    }
}
