internal import Synchronization
public import TenonDomain

/// A clock that stands still until it is told otherwise.
public final class ManualClock: WallClock {
    private let time: Mutex<Timestamp>

    /// Begins at 2026-01-01T00:00:00Z.
    public init(_ start: Timestamp = Timestamp(millisecondsSince1970: 1_767_225_600_000)) {
        time = Mutex(start)
    }

    public func now() -> Timestamp {
        time.withLock { $0 }
    }

    public func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}

/// Numbers that look random and are the same in every run (splitmix64). Never a source of keys.
public final class SeededRandomness: Randomness {
    private let state: Mutex<UInt64>

    public init(seed: UInt64 = 1) {
        state = Mutex(seed)
    }

    public func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return UInt8(truncatingIfNeeded: mixed ^ (mixed >> 31))
            }
        }
    }
}

extension Identifiers {
    /// Ids of a test: seeded, on a clock that stands still.
    public static func forTests(_ clock: any WallClock = ManualClock(), seed: UInt64 = 1) -> Identifiers {
        Identifiers(clock: clock, randomness: SeededRandomness(seed: seed))
    }
}

extension Origin {
    public static let test = Origin(address: "192.0.2.1", userAgent: "tests", requestID: "req_test")
}

/// The failure that the body throws; nil where it returns.
public func failure<Result>(of body: () async throws(Failure) -> Result) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
