/// What time it is. Named `WallClock` because the standard library has a `Clock` of its own.
public protocol WallClock: Sendable {
    /// Now, in UTC, cut off to whole milliseconds.
    func now() -> Timestamp
}
