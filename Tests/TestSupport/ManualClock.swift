internal import Synchronization
public import TenonDomain
public import TenonKit

/// A clock that stands still until it is told otherwise.
public final class ManualClock: WallClock {
    private let time: Mutex<(wall: Timestamp, steady: Timestamp)>

    /// Begins at 2026-01-01T00:00:00Z.
    public init(_ start: Timestamp = Timestamp(millisecondsSince1970: 1_767_225_600_000)) {
        time = Mutex((start, start))
    }

    public func now() -> Timestamp {
        time.withLock { $0.wall }
    }

    public func steady() -> Timestamp {
        time.withLock { $0.steady }
    }

    public func advance(by duration: Duration) {
        time.withLock { $0 = ($0.wall + duration, $0.steady + duration) }
    }

    /// As an operator does, or a clock that is synchronised: time goes on from there.
    public func setBack(by duration: Duration) {
        time.withLock { $0.wall = $0.wall - duration }
    }
}
