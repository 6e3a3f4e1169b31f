internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// Decides which refusals the audit log records: of equal ones at most one a second, which says how many were left out
/// before it.
final class RefusalThrottle: Sendable {
    static let interval = Duration.seconds(1)
    /// How many refusals are remembered; beyond it those older than `interval` are forgotten.
    static let capacity = 10_000

    /// Refusals with the same key are equal.
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

    /// Members of the record to be written: `omitted` where some were left out before it. Nil where this one is left
    /// out.
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

    /// The same where the record also says the reason.
    func admit(_ reason: String, of subject: String, in tenant: TenantID) -> [String: JSONValue]? {
        guard var details = admit(Key(tenant: tenant, subject: subject, reason: reason)) else { return nil }
        details["reason"] = .string(reason)
        return details
    }
}
