public import TenonDomain

extension PolicyAuthorizer {
    /// At the time of a clock that stands still.
    public static func forTests(_ clock: any WallClock = ManualClock()) -> PolicyAuthorizer {
        PolicyAuthorizer(clock: clock)
    }
}
