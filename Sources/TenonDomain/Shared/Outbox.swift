public import TenonKit

/// An event on its way out.
public struct OutboxEvent: Sendable, Equatable, Identified {
    public static let idPrefix = "evt"

    /// Delivered ones stay this long, for whoever looks into a fault.
    public static let retention = Duration.seconds(24 * 3600)

    /// Those that nobody takes wait this long, for the first subscriber or for one that is away.
    public static let patience = Duration.seconds(7 * 86_400)

    /// Also the identity that consumers recognise repeats by.
    public let id: Identifier<OutboxEvent>
    public let tenant: TenantID
    public let kind: EventKind
    public let resource: ResourceReference
    public let details: [String: JSONValue]
    public let actor: String
    public let requestID: String
    /// 32 hexadecimal digits; nil where no request led to it.
    public let traceID: String?
    public let occurredAt: Timestamp

    public init(
        id: Identifier<OutboxEvent>, tenant: TenantID, kind: EventKind, resource: ResourceReference,
        details: [String: JSONValue], actor: String, requestID: String, traceID: String?,
        occurredAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.kind = kind
        self.resource = resource
        self.details = details
        self.actor = actor
        self.requestID = requestID
        self.traceID = traceID
        self.occurredAt = occurredAt
    }

    public init(
        id: Identifier<OutboxEvent>, _ event: DomainEvent, in tenant: TenantID, by caller: Caller, at now: Timestamp
    ) {
        self.init(
            id: id, tenant: tenant, kind: event.kind, resource: event.resource, details: event.details,
            actor: event.actor?.description ?? caller.subject, requestID: caller.origin.requestID,
            traceID: caller.origin.traceID, occurredAt: now)
    }
}

/// Events that were committed and not yet handed on, of all tenants. They are forgotten `OutboxEvent.retention` after they
/// were delivered, and those that wait `OutboxEvent.patience` after they were made.
public protocol Outbox: ExpiredRows {
    /// Hands the oldest waiting events, `limit` at most, to `deliver` and marks them when it returns; a throw
    /// leaves them waiting. Two processes never hold the same event. Answers how many were delivered. An
    /// event can come twice after a crash, never not at all for as long as waiting ones are kept.
    func deliver(
        limit: Int, to deliver: @Sendable ([OutboxEvent]) async throws(Failure) -> Void
    ) async throws(Failure) -> Int

    /// One element soon after events were committed, by this process or another: a hint, which can be lost or
    /// come for nothing. Ends with the outbox's adapter.
    func hints() -> AsyncStream<Void>
}

/// Something in this process that events are handed to. Sees an event at least once; a throw means again.
public protocol EventSubscriber: Sendable {
    func receive(_ event: OutboxEvent) async throws(Failure)
}
