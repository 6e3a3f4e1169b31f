internal import Synchronization

/// What requests cost: counts by operation and status, and durations by operation. Their labels are operations and
/// statuses alone, so that no client can make more of them.
final class RequestMetrics: Sendable {
    /// Upper bounds in seconds, as Prometheus' clients use them.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    static let unrouted = "none"

    struct Durations {
        /// Not cumulative; the last is what exceeds every bound.
        var buckets = [UInt64](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
        var count: UInt64 = 0
    }

    struct Key: Hashable {
        let operation: String
        let status: UInt
    }

    struct Snapshot {
        var requests: [Key: UInt64] = [:]
        var durations: [String: Durations] = [:]
    }

    private let state = Mutex(Snapshot())

    func count(_ operation: String?, _ status: UInt, took duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        let operation = operation ?? Self.unrouted
        state.withLock { state in
            state.requests[Key(operation: operation, status: status), default: 0] += 1
            state.durations[operation, default: Durations()].buckets[bucket] += 1
            state.durations[operation]?.sum += seconds
            state.durations[operation]?.count += 1
        }
    }

    var snapshot: Snapshot { state.withLock { $0 } }
}
