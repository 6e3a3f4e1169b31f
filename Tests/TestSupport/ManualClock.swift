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
