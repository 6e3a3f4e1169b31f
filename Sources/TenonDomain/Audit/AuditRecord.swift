public import TenonKit

/// An actor's action on a resource, with its outcome. Written once, never changed.
public struct AuditRecord: Sendable, Equatable, Identified {
    public static let idPrefix = "aud"

    public let id: AuditRecordID
    public let tenant: TenantID
    /// `Caller.subject`, or the user that the event authenticated.
    public let actor: String
    /// The name of the event.
    public let action: String
    public let resource: ResourceReference
    public let outcome: AuditOutcome
    public let details: [String: JSONValue]
    public let change: ResourceChange
    public let origin: Origin
    public let occurredAt: Timestamp

    public init(
        id: AuditRecordID, _ event: DomainEvent, _ outcome: AuditOutcome, in tenant: TenantID, by caller: Caller,
        at now: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.outcome = outcome
        actor = event.actor?.description ?? caller.subject
        action = event.kind.name
        resource = event.resource
        details = event.details
        change = event.change
        origin = caller.origin
        occurredAt = now
    }

    /// The sealed part of the row.
    public var content: AuditContent { AuditContent(details: details, change: change) }
}

public typealias AuditRecordID = Identifier<AuditRecord>

public enum AuditOutcome: String, Sendable, CaseIterable {
    case success, denied, failure
}

/// The contents of a record beyond actor, action and time: the event's details and its change.
public struct AuditContent: Sendable, Equatable {
    public let details: [String: JSONValue]
    public let change: ResourceChange

    public init(details: [String: JSONValue], change: ResourceChange = .none) {
        self.details = details
        self.change = change
    }

    /// The place that a record's content is sealed for. It is never sealed again: the chain covers the sealed bytes.
    public static func place(of record: AuditRecordID, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "audit_records", row: record, field: "content")
    }

    /// `{"salt":"…","details":{…},"before":{…},"after":{…},"omitted_changes":n}`; all but `details` are present only if
    /// they have content. The salt prevents guessing the text from its digest.
    public func encoded(salt: [UInt8]? = nil) -> [UInt8] {
        var object = JSONObject()
        if let salt { object["salt"] = .string(Base64URL.encode(salt)) }
        object["details"] = .members(details)
        if !change.before.isEmpty { object["before"] = .members(change.before) }
        if !change.after.isEmpty { object["after"] = .members(change.after) }
        if change.omitted > 0 { object["omitted_changes"] = .integer(Int64(change.omitted)) }
        return JSONValue.object(object).encoded()
    }

    /// Nil for anything but an object. Records from before contents were sealed consist of their details alone, none of
    /// which has a member `details`.
    public init?(encoded bytes: [UInt8]) {
        guard let object = (try? JSONParser.parse(bytes))?.objectValue else { return nil }
        guard let details = object["details"]?.objectValue else {
            self.init(details: object.dictionary)
            return
        }
        self.init(
            details: details.dictionary,
            change: ResourceChange(
                before: object["before"]?.objectValue?.dictionary ?? [:],
                after: object["after"]?.objectValue?.dictionary ?? [:],
                omitted: Int(object["omitted_changes"]?.numberValue?.int64 ?? 0)))
    }
}

extension JSONValue {
    /// An object with its members sorted by name.
    public static func members(_ members: [String: JSONValue]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members.sorted(by: { $0.key < $1.key }) { object[name] = value }
        return .object(object)
    }
}

extension JSONObject {
    fileprivate var dictionary: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for (name, value) in self { members[name] = value }
        return members
    }
}
