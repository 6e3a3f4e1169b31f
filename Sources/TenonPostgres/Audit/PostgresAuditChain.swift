public import TenonDomain

/// The chains of all tenants, in the shared database and in those of their own, extended with the relay's rights. Who
/// extends a chain holds an advisory lock of its tenant until the transaction ends; nobody waits for it.
public struct PostgresAuditChain: AuditChain {
    private static let patience = Duration.seconds(30)
    /// Advisory locks of two numbers have nothing to do with those of one.
    private static let lockSpace: Int64 = 0x6175_6474

    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let selectWaiting = Statement(
        "select_tenants_with_unlinked_records", "SELECT tenant_id FROM audit_unlinked GROUP BY tenant_id LIMIT $1")
    private static let lock = Statement(
        "lock_audit_chain", "SELECT pg_try_advisory_xact_lock($1::int4, $2::int4)", isRepeatable: false)
    private static let selectLast = Statement(
        "select_last_audit_link",
        "SELECT \(PostgresAuditLog.links.list()) FROM audit_links WHERE tenant_id = $1 ORDER BY sequence DESC LIMIT 1")
    private static let selectUnlinked = Statement(
        "select_unlinked_audit_records",
        """
        SELECT r.* FROM (
            SELECT record_id FROM audit_unlinked WHERE tenant_id = $1 ORDER BY record_id LIMIT $2) w
        CROSS JOIN LATERAL (
            SELECT \(PostgresAuditLog.columns.list()) FROM audit_records WHERE tenant_id = $1 AND id = w.record_id LIMIT 1) r
        ORDER BY w.record_id
        """)
    private static let insertLinks = Statement(
        "insert_audit_links",
        """
        INSERT INTO audit_links (tenant_id, sequence, record_id, hash)
        SELECT $1, l.sequence, l.record_id, l.hash
        FROM unnest($2::bigint[], $3::uuid[], $4::bytea[]) AS l(sequence, record_id, hash)
        """)
    private static let insertHead = Statement("insert_audit_head", PostgresAuditLog.heads.insert())
    private static let deleteUnlinked = Statement(
        "delete_unlinked_audit_records", "DELETE FROM audit_unlinked WHERE tenant_id = $1 AND record_id = ANY($2)")
    private static let insertKey = Statement(
        "insert_audit_key", PostgresAuditLog.keys.insert(or: "ON CONFLICT DO NOTHING"))

    public func waiting(limit: Int) async throws(Failure) -> [AuditChainPlace] {
        let shared = try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.rows(Self.selectWaiting, [.int(Int64(limit))])
                .all("tenant_id").map(AuditChainPlace.shared)
        }
        return shared + (try await database.unlinked.next()).compactMap(\.self).map(AuditChainPlace.own)
    }

    public func extend(
        _ place: AuditChainPlace, limit: Int,
        by extend: @Sendable (AuditLink?, [StoredAuditRecord]) throws(Failure) -> AuditExtension
    ) async throws(Failure) -> Int? {
        let tenant = place.tenant
        guard case .own = place else {
            return try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
                try await Self.extend(tenant, on: lease, limit: limit, by: extend)
            }
        }
        // Removed before the database is looked at: a commit from now on adds it again. One that does not answer is
        // asked again in the next round over all.
        database.unlinked.isDone(tenant)
        let made = try await database.router.visit(tenant) { lease throws(Failure) in
            try await Self.extend(tenant, on: lease, limit: limit, by: extend)
        }
        if made == nil || made == limit { database.unlinked.tell(tenant) }
        return made
    }

    private static func extend(
        _ tenant: TenantID, on lease: PostgresLease, limit: Int,
        by extend: (AuditLink?, [StoredAuditRecord]) throws(Failure) -> AuditExtension
    ) async throws(Failure) -> Int? {
        let runner = TransactionRunner(
            lease: lease, scope: Scope.command(tenant, Self.patience), patience: Self.patience + .seconds(1))
        // At this isolation level each statement sees what was committed when it began, so that the holder of the lock
        // sees the last link.
        let results = try await runner.rows([
            Command(
                Self.lock,
                [.int(Self.lockSpace), .int(Int64(Int32(truncatingIfNeeded: tenant.low)))]),
            Command(Self.selectLast, [.id(tenant)]),
            Command(Self.selectUnlinked, [.id(tenant), .int(Int64(limit))]),
        ])
        guard try results[0].value("pg_try_advisory_xact_lock") == true else { return nil }
        let last = try results[1].first(PostgresAuditLog.links, of: tenant)
        let records = try results[2].decoded(PostgresAuditLog.columns, of: tenant)
        guard !records.isEmpty else { return 0 }
        let made = try extend(last, records)
        do throws(PostgresError) {
            try await runner.commit(after: Self.commands(for: made, of: tenant))
        } catch {
            throw error.failure
        }
        return made.links.count
    }

    private static func commands(for made: AuditExtension, of tenant: TenantID) -> [Command] {
        let records = PostgresValue.uuidArray(made.links.map { ($0.record.high, $0.record.low) })
        return [
            Command(
                insertLinks,
                [
                    .id(tenant), .intArray(made.links.map(\.sequence)), records, .bytesArray(made.links.map(\.hash)),
                ]),
            Command(insertHead, PostgresAuditLog.heads.values(of: made.head, in: tenant)),
            Command(deleteUnlinked, [.id(tenant), records]),
        ]
    }

    public func addIfAbsent(_ key: AuditKey) async throws(Failure) {
        _ = try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.rows(Self.insertKey, PostgresAuditLog.keys.values(of: key, in: .platform))
        }
    }
}
