public import TenonKit

/// What time it is. Named `WallClock` because the standard library has a `Clock` of its own.
public protocol WallClock: Sendable {
    /// Now, in UTC, cut off to whole milliseconds.
    func now() -> Timestamp

    /// As `now` at the start of the process, and from then on by a clock that nobody sets: for how long memory keeps
    /// something. It tells no time of day, and is never stored.
    func steady() -> Timestamp
}
