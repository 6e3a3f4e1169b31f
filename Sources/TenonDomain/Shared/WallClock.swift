public import TenonKit

/// The current time. Named `WallClock` because the standard library has a `Clock`.
public protocol WallClock: Sendable {
    /// Now, in UTC, truncated to whole milliseconds.
    func now() -> Timestamp

    /// Like `now` at the start of the process, and from then on by a monotonic clock: for expiry in memory. It does not
    /// tell the time of day, and is never stored.
    func steady() -> Timestamp
}
