public import TenonKit

/// Selects records.
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

/// A record with its position in the chain; nil while it waits for one.
public struct LoggedAuditRecord: Sendable, Equatable {
    public let record: StoredAuditRecord
    public let link: AuditLink?

    public init(record: StoredAuditRecord, link: AuditLink?) {
        self.record = record
        self.link = link
    }

    /// Sorts like a tenant's list of records: by time, and by id within a millisecond.
    public var sortKey: String { "\(record.occurredAt.millisecondsSince1970):\(record.id)" }

    /// Nil for anything that `sortKey` did not create.
    public static func position(of sortKey: String) -> (at: Timestamp, id: AuditRecordID)? {
        let parts = sortKey.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = AuditRecordID(String(parts[1])) else {
            return nil
        }
        return (Timestamp(millisecondsSince1970: milliseconds), id)
    }
}

/// A position of the chain with its record; nil if the record was deleted or is invalid.
public struct LinkedAuditRecord: Sendable, Equatable {
    public let link: AuditLink
    public let record: StoredAuditRecord?

    public init(link: AuditLink, record: StoredAuditRecord?) {
        self.link = link
        self.record = record
    }
}

/// The audit records of one tenant. They cannot be changed or deleted.
///
/// Requirements, each with a contract test: pages have neither gaps nor repeats, newest first; no record of another
/// tenant is visible.
public protocol AuditLog: Sendable {
    /// Newest first.
    func records(_ filter: AuditFilter, _ page: PageRequest) async throws(Failure) -> Page<LoggedAuditRecord>

    /// The links after `sequence` in order, at most `limit`.
    func links(after sequence: Int64, limit: Int) async throws(Failure) -> [LinkedAuditRecord]

    /// The heads after `sequence` in order, up to `last`. Their place is the location of this log, not the signed
    /// place.
    func heads(after sequence: Int64, through last: Int64) async throws(Failure) -> [AuditHead]

    func newestHead() async throws(Failure) -> AuditHead?

    /// A record without a link, older than `moment` and with an id after `first`, up to `last` if given; nil if no
    /// record matches.
    func unlinked(
        after first: AuditRecordID?, through last: AuditRecordID?, olderThan moment: Timestamp
    ) async throws(Failure) -> AuditRecordID?

    /// The keys of this installation's heads, genuine or not.
    func keys() async throws(Failure) -> [AuditKey]
}

/// Stores with a `AuditLog`.
public protocol HasAuditLog: Sendable {
    var auditLog: any AuditLog { get }
}
