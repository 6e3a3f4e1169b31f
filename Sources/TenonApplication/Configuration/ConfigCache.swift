internal import Synchronization
public import TenonDomain
internal import TenonKit

/// Cached entries, sealed as stored, so that reading one needs no round trip.
///
/// An entry is valid as long as its namespace is at the revision at which it was read. Revisions come from this
/// process's commits before they are answered, and from other processes through the feed; nothing is cached while the
/// feed is not received. An entry is served only if the feed confirmed its namespace's revision within five seconds;
/// otherwise it is read from the store.
public final class ConfigCache: RevisionObserver {
    /// The state when a read began.
    public struct Ticket: Sendable {
        let epoch: Int
    }

    private let state: Mutex<ConfigCacheState>

    /// Holds about this many bytes of entries.
    public init(bytes: Int) {
        state = Mutex(ConfigCacheState(bytes: bytes))
    }

    /// Call it before an entry of the namespace is read from the store: from now on its revisions are tracked.
    func ticket(for namespace: NamespaceID) -> Ticket {
        state.withLock { Ticket(epoch: $0.begin(namespace)) }
    }

    func entry(_ key: ConfigKey, in namespace: NamespaceID, of tenant: TenantID) -> ConfigEntry? {
        let now = ContinuousClock.now
        let entry = state.withLock { $0.entry(ConfigCacheState.Path(namespace: namespace, key: key), at: now) }
        return entry?.tenant == tenant ? entry : nil
    }

    func insert(_ entry: ConfigEntry, at revision: Int64, _ ticket: Ticket) {
        state.withLock { $0.insert(entry, at: revision, ticket.epoch) }
    }

    public func namespace(_ id: NamespaceID, reached revision: Int64) {
        state.withLock { $0.reached(id, revision) }
    }

    public func namespace(_ id: NamespaceID, mayHaveReached revision: Int64) {
        state.withLock { $0.doubt(id, revision, at: .now) }
    }

    /// From now on the store is polled once a second.
    func beginAsking(at now: ContinuousClock.Instant) {
        state.withLock { $0.beginAsking(at: now) }
    }

    /// The revisions that the store returned at that time.
    func answered(_ revisions: [NamespaceID: Int64], askedAt moment: ContinuousClock.Instant) {
        state.withLock { $0.answered(revisions, askedAt: moment) }
    }

    /// Whether changes of other processes are received. Drops everything in either case.
    func setListening(_ isListening: Bool) {
        state.withLock { $0.setListening(isListening) }
    }

    /// Namespaces that have been read.
    var namespaces: [NamespaceID] {
        state.withLock { Array($0.namespaces) }
    }

    /// The number of hits and misses, and the bytes held.
    public var counts: (hits: Int, misses: Int, bytes: Int) {
        state.withLock { ($0.hits, $0.misses, $0.entries.cost) }
    }
}

/// The cache without its lock.
struct ConfigCacheState: Sendable {
    struct Path: Hashable, Sendable {
        let namespace: NamespaceID
        let key: ConfigKey
    }

    struct Kept: Sendable {
        let entry: ConfigEntry
        let revision: Int64
    }

    /// The known state of a namespace that has been read.
    private struct Known {
        /// The newest known revision.
        var revision: Int64 = 0
        /// When the store last confirmed it; nil before the first time.
        var confirmedAt: ContinuousClock.Instant?
        /// Since when it is unknown whether the revision was reached.
        var doubtedSince: ContinuousClock.Instant?
    }

    /// How long an entry is served without confirmation of its namespace's revision.
    static let patience = Duration.seconds(5)
    /// The maximum number of tracked namespaces; one more drops everything.
    private static let knownNamespaces = 100_000
    /// The server ends a transaction of unknown outcome earlier, by its statement timeout.
    private static let doubtTime = Duration.seconds(15)

    private(set) var entries: BoundedCache<Path, Kept>
    private var known: [NamespaceID: Known] = [:]
    /// When the store last responded, or was first polled; nil if nothing polls, because no other process writes.
    private var answeredAt: ContinuousClock.Instant?
    /// Counts how often everything was dropped: reads that began before insert nothing.
    private(set) var epoch = 0
    private(set) var isListening = false
    private(set) var hits = 0
    private(set) var misses = 0

    init(bytes: Int) {
        entries = BoundedCache(capacity: bytes)
    }

    var namespaces: some Collection<NamespaceID> { known.keys }

    mutating func entry(_ path: Path, at now: ContinuousClock.Instant) -> ConfigEntry? {
        guard let known = known[path.namespace], isConfirmed(known, at: now), let kept = entries.value(for: path),
            kept.revision == known.revision
        else {
            misses += 1
            return nil
        }
        hits += 1
        return kept.entry
    }

    private func isConfirmed(_ known: Known, at now: ContinuousClock.Instant) -> Bool {
        guard let answeredAt = known.confirmedAt ?? answeredAt else { return true }
        return now - answeredAt < Self.patience
    }

    mutating func insert(_ entry: ConfigEntry, at revision: Int64, _ epoch: Int) {
        guard epoch == self.epoch, let newest = known[entry.namespace]?.revision, revision >= newest else { return }
        known[entry.namespace]?.revision = revision
        entries.insert(
            Kept(entry: entry, revision: revision), for: Path(namespace: entry.namespace, key: entry.key),
            cost: entry.keptBytes)
    }

    /// The epoch in which a read begins.
    mutating func begin(_ namespace: NamespaceID) -> Int {
        guard isListening else { return -1 }
        if known[namespace] == nil {
            if known.count >= Self.knownNamespaces { forget() }
            known[namespace] = Known(confirmedAt: answeredAt)
        }
        return epoch
    }

    /// Entries of older revisions are invalid from now on.
    mutating func reached(_ namespace: NamespaceID, _ revision: Int64) {
        guard let newest = known[namespace]?.revision, revision >= newest else { return }
        set(namespace, revision)
    }

    private mutating func set(_ namespace: NamespaceID, _ revision: Int64) {
        guard revision != Namespace.removedRevision else {
            known[namespace] = nil
            return
        }
        known[namespace]?.revision = revision
        known[namespace]?.doubtedSince = nil
    }

    /// Nothing older than the revision is cached until the namespace has reached it, or is known not to.
    mutating func doubt(_ namespace: NamespaceID, _ revision: Int64, at now: ContinuousClock.Instant) {
        guard isListening, revision > known[namespace]?.revision ?? 0 else { return }
        let confirmedAt = known[namespace]?.confirmedAt ?? answeredAt
        known[namespace] = Known(revision: revision, confirmedAt: confirmedAt, doubtedSince: now)
    }

    mutating func beginAsking(at now: ContinuousClock.Instant) {
        answeredAt = answeredAt ?? now
    }

    /// The store's revisions; they also resolve commits of unknown outcome that failed.
    mutating func answered(_ revisions: [NamespaceID: Int64], askedAt moment: ContinuousClock.Instant) {
        answeredAt = moment
        for (namespace, revision) in revisions {
            known[namespace]?.confirmedAt = moment
            if let since = known[namespace]?.doubtedSince, moment - since >= Self.doubtTime { set(namespace, revision) }
        }
    }

    mutating func setListening(_ isListening: Bool) {
        self.isListening = isListening
        forget()
    }

    private mutating func forget() {
        epoch += 1
        known = [:]
        entries.removeAll()
    }
}

extension ConfigEntry {
    /// Approximate memory.
    fileprivate var keptBytes: Int {
        600 + key.text.utf8.count + (version.sealedValue?.bytes.count ?? 0)
            + (version.properties.description?.text.utf8.count ?? 0) + (version.comment?.text.utf8.count ?? 0)
            + version.properties.schema.footprint
            + version.properties.tags.texts.reduce(0) { $0 + 16 + $1.utf8.count }
    }
}
