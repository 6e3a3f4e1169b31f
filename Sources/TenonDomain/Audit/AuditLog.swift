public import TenonKit

/// Which records are wanted.
public struct AuditFilter: Sendable, Equatable {
    public var actor: String?
    public var action: String?
    public var resourceKind: String?
    public var resourceID: String?
    public var outcome: AuditOutcome?
    /// Included.
    public var from: Timestamp?
    /// Not included.
    public var to: Timestamp?

    public init(
        actor: String? = nil, action: String? = nil, resourceKind: String? = nil, resourceID: String? = nil,
        outcome: AuditOutcome? = nil, from: Timestamp? = nil, to: Timestamp? = nil
    ) {
        self.actor = actor
        self.action = action
        self.resourceKind = resourceKind
        self.resourceID = resourceID
        self.outcome = outcome
        self.from = from
        self.to = to
    }

    public func matches(_ record: StoredAuditRecord) -> Bool {
        (actor == nil || actor == record.actor) && (action == nil || action == record.action)
            && (resourceKind == nil || resourceKind == record.resource.kind)
            && (resourceID == nil || resourceID == record.resource.id)
            && (outcome == nil || outcome?.rawValue == record.outcome)
            && (from.map { record.occurredAt >= $0 } ?? true) && (to.map { record.occurredAt < $0 } ?? true)
    }
}

/// A record with its place in the chain; nil while it waits for one.
public struct LoggedAuditRecord: Sendable, Equatable {
    public let record: StoredAuditRecord
    public let link: AuditLink?

    public init(record: StoredAuditRecord, link: AuditLink?) {
        self.record = record
        self.link = link
    }

    /// Sorts as records of a tenant are listed: by time, and by id within a millisecond.
    public var sortKey: String { "\(record.occurredAt.millisecondsSince1970):\(record.id)" }

    /// Nil for what `sortKey` did not make.
    public static func position(of sortKey: String) -> (at: Timestamp, id: AuditRecordID)? {
        let parts = sortKey.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = AuditRecordID(String(parts[1])) else {
            return nil
        }
        return (Timestamp(millisecondsSince1970: milliseconds), id)
    }
}

/// A place of the chain with the record that stands there; nil where the record is gone or is no record any more.
public struct LinkedAuditRecord: Sendable, Equatable {
    public let link: AuditLink
    public let record: StoredAuditRecord?

    public init(link: AuditLink, record: StoredAuditRecord?) {
        self.link = link
        self.record = record
    }
}

/// What was written down of one tenant. Nothing here is changed or taken away.
///
/// Obligations, each with a contract test: pages have neither gaps nor repeats, the newest first; nothing of another
/// tenant is seen.
public protocol AuditLog: Sendable {
    /// The newest ones first.
    func records(_ filter: AuditFilter, _ page: PageRequest) async throws(Failure) -> Page<LoggedAuditRecord>

    /// The links behind `sequence` in their order, `limit` at most.
    func links(after sequence: Int64, limit: Int) async throws(Failure) -> [LinkedAuditRecord]

    /// The heads behind `sequence` in their order, up to `last`. Their place is where this log stands, whatever was signed.
    func heads(after sequence: Int64, through last: Int64) async throws(Failure) -> [AuditHead]

    func newestHead() async throws(Failure) -> AuditHead?

    /// A record that is no link, older than `moment` and with an id behind `first`, up to `last` where that is given; nil
    /// where there is none.
    func unlinked(
        after first: AuditRecordID?, through last: AuditRecordID?, olderThan moment: Timestamp
    ) async throws(Failure) -> AuditRecordID?

    /// The keys that heads of this installation were signed with, genuine or not.
    func keys() async throws(Failure) -> [AuditKey]
}

/// Stores with a `AuditLog`.
public protocol HasAuditLog: Sendable {
    var auditLog: any AuditLog { get }
}
