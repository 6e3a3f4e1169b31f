internal import Synchronization
public import TenonDomain
internal import TenonKit

/// A cached key.
final class KnownAPIKey: Sendable {
    let key: APIKey
    let principal: APIKeyPrincipal
    /// The verification keys of the credentials, valid and expired ones.
    let verification: [(credential: APIKeyCredential, key: VerificationKey)]
    /// By `WallClock.steady`.
    let readAt: Timestamp
    /// In milliseconds since 1970.
    private let lastUse: Atomic<Int64>

    init(_ key: APIKey, _ verification: [(credential: APIKeyCredential, key: VerificationKey)], readAt: Timestamp) {
        self.key = key
        self.verification = verification
        self.readAt = readAt
        principal = key.principal
        lastUse = Atomic(key.lastUse?.at.millisecondsSince1970 ?? .min)
    }

    static let leastBytes = 1_024

    /// Approximate memory.
    var bytes: Int {
        Self.leastBytes + 512 * verification.count + 64 * principal.scopes.count
    }

    /// Whether this use is far enough from the last recorded one to be recorded; true once for each.
    func isDue(at now: Timestamp) -> Bool {
        let last = lastUse.load(ordering: .relaxed)
        let bound = (now - APIKeyUse.precision).millisecondsSince1970
        guard last < bound else { return false }
        return lastUse.compareExchange(expected: last, desired: now.millisecondsSince1970, ordering: .relaxed).exchanged
    }
}

/// A cache of API keys, so that most requests need no round trip to authenticate. An entry is at most a minute old, and
/// is dropped when the key changes. Times are from `WallClock.steady`.
public final class KnownAPIKeys: AccessObserver {
    static let lifetime = Duration.seconds(60)
    /// How long the cache remembers that a key does not exist.
    static let absence = Duration.seconds(10)

    /// The entry for the digest of a secret, or of a key's id.
    enum Answer {
        case known(KnownAPIKey)
        /// The key does not exist.
        case absent
        case mustRead
    }

    private struct State {
        /// A digest always belongs to the same key, so these entries never become wrong.
        var ids: BoundedCache<[UInt8], APIKeyID>
        var keys: BoundedCache<APIKeyID, KnownAPIKey>
        var absences: BoundedCache<[UInt8], Timestamp>
        /// The latest read in progress of each key. A change of the key removes it, so that a value read before
        /// the change is not cached after it.
        var readings: [APIKeyID: Int] = [:]
        var readingCount = 0
    }

    private let state: Mutex<State>
    private let freshness: AccessFreshness

    /// Holds about `bytes` of keys at most, and the digests of that many keys. `freshness` is shared with
    /// `FollowAccessChanges`, if other processes write too.
    public init(bytes: Int = 16 << 20, freshness: AccessFreshness = AccessFreshness()) {
        self.freshness = freshness
        let count = bytes / KnownAPIKey.leastBytes
        state = Mutex(
            State(
                ids: BoundedCache(capacity: 2 * count), keys: BoundedCache(capacity: bytes),
                absences: BoundedCache(capacity: count)))
    }

    func look(up digest: [UInt8], at now: Timestamp) -> Answer {
        let isCurrent = freshness.isCurrent
        return state.withLock { state in
            if let id = state.ids.value(for: digest), let known = state.keys.value(for: id) {
                return isCurrent && now - known.readAt < Self.lifetime ? .known(known) : .mustRead
            }
            if let moment = state.absences.value(for: digest), now - moment < Self.absence { return .absent }
            return .mustRead
        }
    }

    /// Start it before a key is read, and end it in any case.
    struct Reading {
        let key: APIKeyID
        let number: Int
    }

    func begin(_ key: APIKeyID) -> Reading {
        state.withLock { state in
            state.readingCount += 1
            state.readings[key] = state.readingCount
            return Reading(key: key, number: state.readingCount)
        }
    }

    func end(_ reading: Reading) {
        state.withLock { state in
            if state.readings[reading.key] == reading.number { state.readings[reading.key] = nil }
        }
    }

    /// Unless the key was changed since the reading began.
    func keep(_ known: KnownAPIKey, under digest: [UInt8], of reading: Reading) {
        state.withLock { state in
            guard state.readings[reading.key] == reading.number else { return }
            state.ids.insert(known.key.id, for: digest)
            state.keys.insert(known, for: known.key.id, cost: known.bytes)
        }
    }

    func keepAbsence(of digest: [UInt8], at now: Timestamp) {
        state.withLock { $0.absences.insert(now, for: digest) }
    }

    public func changed(_ change: AccessChange) {
        guard case .apiKey(let id) = change.subject else { return }
        state.withLock { state in
            state.readings[id] = nil
            state.keys.remove(id)
        }
    }
}
