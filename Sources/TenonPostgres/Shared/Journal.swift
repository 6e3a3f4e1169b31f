internal import Synchronization
internal import TenonDomain

/// What a transaction has to tell: rows of the outbox and of the audit log, written with its COMMIT.
final class Journal: Sendable {
    private let tenant: TenantID
    private let caller: Caller
    private let now: Timestamp
    private let identifiers: Identifiers
    private struct Entries {
        var commands: [Command] = []
        var hasEvents = false
        var revisions: [NamespaceID: Int64] = [:]
        var accessChanges: [AccessChange] = []
    }

    private let entries = Mutex(Entries())

    init(tenant: TenantID, caller: Caller, now: Timestamp, identifiers: Identifiers) {
        self.tenant = tenant
        self.caller = caller
        self.now = now
        self.identifiers = identifiers
    }

    private static let insertEvent = Statement(
        "insert_outbox_event",
        """
        INSERT INTO outbox (id, tenant_id, kind, resource_kind, resource_id, details, actor, request_id, trace_id,
            occurred_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
    private static let insertAudit = Statement(
        "insert_audit_record",
        """
        INSERT INTO audit_records (tenant_id, id, actor, action, resource_kind, resource_id, outcome, details,
            address, user_agent, request_id, trace_id, occurred_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """)

    func record(_ event: DomainEvent) {
        let row = OutboxEvent(id: identifiers.next(), event, in: tenant, by: caller, at: now)
        let command = Command(
            Self.insertEvent,
            [
                .id(row.id), .id(tenant), .text(row.kind.name), .text(row.resource.kind), .text(row.resource.id),
                .text(JSONValue(details: row.details).description), .text(row.actor), .text(row.requestID),
                .optional(row.traceID), .timestamp(row.occurredAt),
            ])
        entries.withLock { entries in
            entries.commands.append(command)
            entries.hasEvents = true
        }
        audit(event, .success)
    }

    func audit(_ event: DomainEvent, _ outcome: AuditOutcome) {
        let row = AuditRecord(id: identifiers.next(), event, outcome, in: tenant, by: caller, at: now)
        let command = Command(
            Self.insertAudit,
            [
                .id(tenant), .id(row.id), .text(row.actor), .text(row.action), .text(row.resource.kind),
                .text(row.resource.id), .text(row.outcome.rawValue), .text(JSONValue(details: row.details).description),
                .optional(row.origin.address), .optional(row.origin.userAgent), .text(row.origin.requestID),
                .optional(row.origin.traceID), .timestamp(row.occurredAt),
            ])
        entries.withLock { $0.commands.append(command) }
    }

    /// A namespace has changed.
    func revised(_ namespace: NamespaceID, to revision: Int64) {
        entries.withLock { $0.revisions[namespace] = revision }
    }

    func accessChanged(_ subject: AccessSubject, epoch: Int64) {
        let change = AccessChange(id: identifiers.next(), subject, epoch: epoch)
        entries.withLock { entries in
            entries.commands.append(PostgresAccessFeed.command(change, in: tenant))
            entries.accessChanges.append(change)
        }
    }

    var accessChanges: [AccessChange] { entries.withLock { $0.accessChanges } }
    var revisions: [NamespaceID: Int64] { entries.withLock { $0.revisions } }

    var commands: [Command] { entries.withLock { $0.commands } }
    var hasEvents: Bool { entries.withLock { $0.hasEvents } }
}

extension JSONValue {
    /// An object with its members in the order of their names.
    init(details: [String: JSONValue]) {
        var object = JSONObject()
        for (name, value) in details.sorted(by: { $0.key < $1.key }) { object[name] = value }
        self = .object(object)
    }
}
