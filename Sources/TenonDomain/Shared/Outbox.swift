public import TenonKit

/// An undelivered event.
public struct OutboxEvent: Sendable, Equatable, Identified {
    public static let idPrefix = "evt"

    /// Delivered events are kept this long, for troubleshooting.
    public static let retention = Duration.seconds(24 * 3600)

    /// Events without a subscriber are kept this long.
    public static let patience = Duration.seconds(7 * 86_400)

    /// Consumers also recognise repeated events by it.
    public let id: Identifier<OutboxEvent>
    public let tenant: TenantID
    public let kind: EventKind
    public let resource: ResourceReference
    public let details: [String: JSONValue]
    public let actor: String
    public let requestID: String
    /// 32 hexadecimal digits; nil if no request caused it.
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

/// Committed but undelivered events of all tenants. They are deleted `OutboxEvent.retention` after delivery, or
/// `OutboxEvent.patience` after creation.
public protocol Outbox: ExpiredRows {
    /// Passes the oldest waiting events, at most `limit`, to `deliver` and marks them when it returns; if it throws,
    /// they keep waiting. Two processes never hold the same event. Returns the number of delivered events. After a
    /// crash an event can be delivered twice, but is never lost while waiting events are kept.
    func deliver(
        limit: Int, to deliver: @Sendable ([OutboxEvent]) async throws(Failure) -> Void
    ) async throws(Failure) -> Int

    /// One element soon after events were committed by any process: a hint, which can be lost or unnecessary. Ends with
    /// the outbox's adapter.
    func hints() -> AsyncStream<Void>
}

/// A receiver of events in this process. Gets each event at least once; if it throws, the event is delivered again.
public protocol EventSubscriber: Sendable {
    func receive(_ event: OutboxEvent) async throws(Failure)
}
