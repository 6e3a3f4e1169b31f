/// How long to wait before a server that ended by itself is started again: not at all at first, then
/// twice as long each time, until one has lived for a while.
struct ClusterBackOff: Sendable, Hashable {
    private var next = Duration.zero

    private static let first = Duration.milliseconds(100)
    private static let longest = Duration.seconds(5)
    /// A server that lived this long was well.
    private static let healthyLife = Duration.seconds(30)

    /// `life` is how long the last one took connections; zero where it didn't start.
    mutating func delay(afterLife life: Duration) -> Duration {
        let delay = life >= Self.healthyLife ? .zero : next
        next = delay == .zero ? Self.first : min(delay * 2, Self.longest)
        return delay
    }
}
