internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// The rows of the outbox and of the audit log that a transaction writes with its COMMIT, and the changes to announce
/// after it.
final class PendingRecords: Sendable {
    private let tenant: TenantID
    private let caller: Caller
    private let now: Timestamp
    private let identifiers: Identifiers
    private let sealer: AuditSealer?
    private struct Entries {
        var commands: [Command] = []
        var records: [AuditRecord] = []
        var hasEvents = false
        var revisions: [NamespaceID: Int64] = [:]
        var accessChanges: [AccessChange] = []
    }

    private let entries = Mutex(Entries())

    /// Without a sealer the contents of audit records are stored as plain text.
    init(
        tenant: TenantID, caller: Caller, now: Timestamp, identifiers: Identifiers, sealer: AuditSealer?
    ) {
        self.tenant = tenant
        self.caller = caller
        self.now = now
        self.identifiers = identifiers
        self.sealer = sealer
    }

    private static let insertEvent = Statement(
        "insert_outbox_event",
        """
        INSERT INTO outbox (id, tenant_id, kind, resource_kind, resource_id, details, actor, request_id, trace_id,
            occurred_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
    /// Each record is also listed in `audit_unlinked`, so that the chains can be extended without a search for new
    /// records.
    private static let insertAudit = Statement(
        "insert_audit_record",
        """
        WITH waiting AS (INSERT INTO audit_unlinked (tenant_id, record_id) VALUES ($1, $2))
        INSERT INTO audit_records (tenant_id, id, actor, action, resource_kind, resource_id, outcome, details,
            sealed_content, content_digest, address, user_agent, request_id, trace_id, occurred_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """)

    func record(_ event: DomainEvent) {
        let row = OutboxEvent(id: identifiers.next(), event, in: tenant, by: caller, at: now)
        let command = Command(
            Self.insertEvent,
            [
                .id(row.id), .id(tenant), .text(row.kind.name), .text(row.resource.kind), .text(row.resource.id),
                .text(JSONValue.members(row.details).description), .text(row.actor), .text(row.requestID),
                .optional(row.traceID), .timestamp(row.occurredAt),
            ])
        entries.withLock { entries in
            entries.commands.append(command)
            entries.hasEvents = true
        }
        audit(event, .success)
    }

    func audit(_ event: DomainEvent, _ outcome: AuditOutcome) {
        let record = AuditRecord(id: identifiers.next(), event, outcome, in: tenant, by: caller, at: now)
        entries.withLock { $0.records.append(record) }
    }

    /// A namespace has changed.
    func revised(_ namespace: NamespaceID, to revision: Int64) {
        entries.withLock { $0.revisions[namespace] = revision }
    }

    func accessChanged(_ subject: AccessSubject, epoch: Int64) {
        let change = AccessChange(id: identifiers.next(), subject, epoch: epoch)
        entries.withLock { $0.accessChanges.append(change) }
    }

    /// For the shared database, whichever the transaction is in: every process reads them there.
    var accessCommands: [Command] { accessChanges.map { PostgresAccessFeed.command($0, in: tenant) } }

    var accessChanges: [AccessChange] { entries.withLock { $0.accessChanges } }
    var revisions: [NamespaceID: Int64] { entries.withLock { $0.revisions } }

    /// What is to be written before the COMMIT.
    func commands() async throws(Failure) -> [Command] {
        var (commands, records) = entries.withLock { ($0.commands, $0.records) }
        for record in records { commands.append(Self.insert(try await stored(record))) }
        return commands
    }

    private func stored(_ record: AuditRecord) async throws(Failure) -> StoredAuditRecord {
        guard let sealer else { return .plain(record) }
        return try await sealer.seal(record)
    }

    private static func insert(_ row: StoredAuditRecord) -> Command {
        let content: [PostgresValue] =
            switch row.content {
            case .plain(let text): [.text(text), .null, .null]
            case .sealed(let sealed, let digest): [.null, .bytes(sealed.bytes), .bytes(digest)]
            }
        return Command(
            insertAudit,
            [
                .id(row.tenant), .id(row.id), .text(row.actor), .text(row.action), .text(row.resource.kind),
                .text(row.resource.id), .text(row.outcome),
            ] + content + [
                .optional(row.origin.address), .optional(row.origin.userAgent), .text(row.origin.requestID),
                .optional(row.origin.traceID), .timestamp(row.occurredAt),
            ])
    }

    var hasEvents: Bool { entries.withLock { $0.hasEvents } }
    var hasRecords: Bool { entries.withLock { !$0.records.isEmpty } }
}
