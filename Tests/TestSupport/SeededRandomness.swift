internal import Synchronization
public import TenonDomain

/// Numbers that look random and are the same in every run. Never a source of keys.
public final class SeededRandomness: Randomness {
    private let generator: Mutex<SplitMix64>

    public init(seed: UInt64 = 1) {
        generator = Mutex(SplitMix64(seed: seed))
    }

    public func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
    }
}

extension Identifiers {
    /// Ids of a test: seeded, on a clock that stands still.
    public static func forTests(_ clock: any WallClock = ManualClock(), seed: UInt64 = 1) -> Identifiers {
        Identifiers(clock: clock, randomness: SeededRandomness(seed: seed))
    }
}
