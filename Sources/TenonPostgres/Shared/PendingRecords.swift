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

    private static let insertEvent = Statement("insert_outbox_event", PostgresOutbox.columns.insert())
    /// Each record is also listed in `audit_unlinked`, so that the chains can be extended without a search for new
    /// records.
    private static let insertAudit = Statement(
        "insert_audit_record",
        "WITH waiting AS (INSERT INTO audit_unlinked (tenant_id, record_id) VALUES ($1, $2)) "
            + PostgresAuditLog.columns.insert())

    func record(_ event: DomainEvent) {
        let row = OutboxEvent(id: identifiers.next(), event, in: tenant, by: caller, at: now)
        let command = Command(Self.insertEvent, PostgresOutbox.columns.values(of: row, in: tenant))
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
        for record in records {
            let row = try await stored(record)
            commands.append(Command(Self.insertAudit, PostgresAuditLog.columns.values(of: row, in: row.tenant)))
        }
        return commands
    }

    private func stored(_ record: AuditRecord) async throws(Failure) -> StoredAuditRecord {
        guard let sealer else { return .plain(record) }
        return try await sealer.seal(record)
    }

    var hasEvents: Bool { entries.withLock { $0.hasEvents } }
    var hasRecords: Bool { entries.withLock { !$0.records.isEmpty } }
}
