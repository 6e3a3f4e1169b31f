internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// Selects the refusals for the audit log: of identical ones at most one a second, with the number of those omitted
/// before it.
final class RefusalThrottle: Sendable {
    static let interval = Duration.seconds(1)
    /// The number of remembered refusals; beyond it those older than `interval` are dropped.
    static let capacity = 10_000

    /// Refusals with the same key are identical.
    struct Key: Hashable {
        let tenant: TenantID
        /// The refused subject.
        let subject: String
        /// The operation, or the reason.
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

    /// The members of the record to write: `omitted` if some were omitted before it. Nil if this one is omitted.
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

    /// The same if the record also has the reason.
    func admit(_ reason: String, of subject: String, in tenant: TenantID) -> [String: JSONValue]? {
        guard var details = admit(Key(tenant: tenant, subject: subject, reason: reason)) else { return nil }
        details["reason"] = .string(reason)
        return details
    }
}
