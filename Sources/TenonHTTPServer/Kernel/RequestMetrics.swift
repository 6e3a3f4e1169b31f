internal import Synchronization

/// Counts of requests by operation and status, and durations by operation. The only labels are operations and statuses,
/// so that clients cannot add more.
package final class RequestMetrics: Sendable {
    /// Upper limits in seconds, as in Prometheus clients.
    package static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    package static let unrouted = "none"

    package struct Durations {
        /// Not cumulative; the last one is for values above every limit.
        package var buckets = [UInt64](repeating: 0, count: bounds.count + 1)
        package var sum = 0.0
        package var count: UInt64 = 0
    }

    package struct Key: Hashable {
        package let operation: String
        package let status: UInt
    }

    package struct Snapshot {
        package var requests: [Key: UInt64] = [:]
        package var durations: [String: Durations] = [:]
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

    package var snapshot: Snapshot { state.withLock { $0 } }
}
