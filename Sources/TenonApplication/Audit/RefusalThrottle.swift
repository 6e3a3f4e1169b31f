internal import Synchronization
internal import TenonDomain

/// Which refusals are written down: of those that are equal one a second, which says how many were left out before.
final class RefusalThrottle: Sendable {
    static let interval = Duration.seconds(1)
    /// Refusals that are remembered; beyond it those that are over are forgotten.
    static let capacity = 10_000

    /// What makes refusals equal.
    struct Key: Hashable {
        let tenant: TenantID
        /// Who was refused.
        let subject: String
        /// What, or why.
        let reason: String
    }

    private struct Seen {
        var writtenAt: Timestamp
        var omitted: Int64 = 0
    }

    private let clock: any WallClock
    private let seen = Mutex<[Key: Seen]>([:])

    init(clock: any WallClock) {
        self.clock = clock
    }

    /// Members for the record to be written: `omitted` where any were left out before it. Nil where this one is left out
    /// too.
    func admit(_ key: Key) -> [String: JSONValue]? {
        let now = clock.now()
        return seen.withLock { seen in
            if let last = seen[key], last.writtenAt <= now, now - last.writtenAt < Self.interval {
                seen[key]?.omitted += 1
                return nil
            }
            let omitted = seen[key]?.omitted ?? 0
            if seen.count >= Self.capacity { seen = seen.filter { now - $0.value.writtenAt < Self.interval } }
            if seen.count >= Self.capacity { seen = [:] }
            seen[key] = Seen(writtenAt: now)
            return omitted > 0 ? ["omitted": .integer(omitted)] : [:]
        }
    }
}
