/// Who did what, to what, with which outcome. Written once, never changed.
public struct AuditRecord: Sendable, Equatable, Identified {
    public static let idPrefix = "aud"

    public let id: Identifier<AuditRecord>
    public let tenant: TenantID
    /// `Caller.subject`.
    public let actor: String
    /// The name of the event.
    public let action: String
    public let resource: ResourceReference
    public let outcome: AuditOutcome
    public let details: [String: JSONValue]
    public let origin: Origin
    public let occurredAt: Timestamp

    public init(
        id: Identifier<AuditRecord>, _ event: DomainEvent, _ outcome: AuditOutcome, in tenant: TenantID,
        by caller: Caller, at now: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.outcome = outcome
        actor = caller.subject
        action = event.kind.name
        resource = event.resource
        details = event.details
        origin = caller.origin
        occurredAt = now
    }
}

public enum AuditOutcome: String, Sendable, CaseIterable {
    case success, denied, failure
}
