internal import TenonDomain
internal import TenonKit

/// A tenant's part of the audit log.
struct PostgresAuditLog: AuditLog {
    /// Where the tenant's records stand.
    let runner: any StatementRunner
    /// Where the keys of all chains stand.
    let registry: any StatementRunner
    /// Knows whether that is the tenant's own database; nil where it is not. The database itself is not believed.
    let router: PostgresRouter?
    let tenant: TenantID

    static let columns = """
        id, actor, action, resource_kind, resource_id, outcome, details, sealed_content, content_digest, \
        address, user_agent, request_id, trace_id, occurred_at
        """
    /// The number of columns of a record; further columns of a statement follow them.
    static let columnCount = 14

    // MARK: - Lists

    /// The bounds of time and place are never null, so that they are conditions of the index.
    private static func conditions(_ lead: String) -> String {
        """
        tenant_id = $1 AND \(lead)
            AND ($2::text IS NULL OR actor = $2) AND ($3::text IS NULL OR action = $3)
            AND ($4::text IS NULL OR resource_kind = $4) AND ($5::text IS NULL OR resource_id = $5)
            AND ($6::text IS NULL OR outcome = $6) AND occurred_at >= $7 AND occurred_at < $8
        """
    }

    private static func list(_ lead: String) -> String {
        """
        SELECT \(columns), l.sequence, l.hash FROM (
            SELECT \(columns) FROM audit_records
            WHERE \(conditions(lead)) AND (occurred_at, id) < ($9, $10)
            ORDER BY occurred_at DESC, id DESC LIMIT $11 OFFSET $12) r
        LEFT JOIN LATERAL (
            SELECT sequence, hash FROM audit_links WHERE tenant_id = $1 AND record_id = r.id LIMIT 1) l ON true
        ORDER BY occurred_at DESC, id DESC
        """
    }

    private static func counted(_ lead: String) -> String {
        "SELECT count(*) FROM audit_records WHERE \(conditions(lead))"
    }

    struct Statements: Sendable {
        let list: Statement
        let count: Statement
    }

    /// A statement for each index, since a plan is made once for all filters.
    static let byTime = Statements(
        list: Statement("list_audit_records", list("true")),
        count: Statement("count_audit_records", counted("true")))
    static let byActor = Statements(
        list: Statement("list_audit_records_of_actor", list("actor = $2")),
        count: Statement("count_audit_records_of_actor", counted("actor = $2")))
    static let byAction = Statements(
        list: Statement("list_audit_records_of_action", list("action = $3")),
        count: Statement("count_audit_records_of_action", counted("action = $3")))
    private static let byResource = Statements(
        list: Statement("list_audit_records_of_resource", list("resource_kind = $4 AND resource_id = $5")),
        count: Statement("count_audit_records_of_resource", counted("resource_kind = $4 AND resource_id = $5")))
    private static let byKind = Statements(
        list: Statement("list_audit_records_of_kind", list("resource_kind = $4")),
        count: Statement("count_audit_records_of_kind", counted("resource_kind = $4")))
    private static let byRefusal = Statements(
        list: Statement("list_audit_records_refused", list("outcome = $6 AND outcome <> 'success'")),
        count: Statement("count_audit_records_refused", counted("outcome = $6 AND outcome <> 'success'")))

    private static func statements(for filter: AuditFilter) -> Statements {
        if filter.resourceKind != nil, filter.resourceID != nil { return byResource }
        if filter.actor != nil { return byActor }
        if let outcome = filter.outcome, outcome != .success { return byRefusal }
        if filter.action != nil { return byAction }
        return filter.resourceKind != nil ? byKind : byTime
    }

    func records(_ filter: AuditFilter, _ page: PageRequest) async throws(Failure) -> Page<LoggedAuditRecord> {
        let distantPast = Timestamp(millisecondsSince1970: .min)
        let distantFuture = Timestamp(millisecondsSince1970: .max)
        let last = LoggedAuditRecord.position(of: page.lowerBound)
        let wanted: [PostgresValue] = [
            .id(tenant), .optional(filter.actor), .optional(filter.action), .optional(filter.resourceKind),
            .optional(filter.resourceID), .optional(filter.outcome?.rawValue), .timestamp(filter.from ?? distantPast),
            .timestamp(filter.to ?? distantFuture),
        ]
        let statements = Self.statements(for: filter)
        let found = try await runner.page(
            page,
            Command(
                statements.list,
                wanted + [
                    .timestamp(last?.at ?? distantFuture), last.map { .id($0.id) } ?? .uuid(high: .max, low: .max),
                    .int(Int64(page.limit + 1)), .int(Int64(page.offset)),
                ]), counted: Command(statements.count, wanted))
        let items = try found.items.decoded { row throws(PostgresError) in
            let record = try Self.record(row, in: tenant)
            return LoggedAuditRecord(
                record: record,
                link: try row.optionalInt(Self.columnCount).map { sequence throws(PostgresError) in
                    AuditLink(
                        sequence: sequence, record: record.id, hash: try row.bytes(Self.columnCount + 1))
                })
        }
        return Page(overfull: items, for: page, total: found.total, sortKey: \.sortKey)
    }

    // MARK: - The chain

    static let selectLinks = Statement(
        "select_audit_links",
        """
        SELECT r.*, l.sequence, l.record_id, l.hash FROM (
            SELECT sequence, record_id, hash FROM audit_links
            WHERE tenant_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3) l
        LEFT JOIN LATERAL (
            SELECT \(columns) FROM audit_records WHERE tenant_id = $1 AND id = l.record_id LIMIT 1) r ON true
        ORDER BY l.sequence
        """)
    private static let selectHeads = Statement(
        "select_audit_heads",
        """
        SELECT sequence, hash, made_at, signed FROM audit_heads
        WHERE tenant_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence
        """)
    private static let selectNewestHead = Statement(
        "select_newest_audit_head",
        """
        SELECT sequence, hash, made_at, signed FROM audit_heads WHERE tenant_id = $1 ORDER BY sequence DESC LIMIT 1
        """)
    private static let selectUnlinked = Statement(
        "select_unlinked_audit_record",
        """
        SELECT r.id FROM audit_records r
        LEFT JOIN LATERAL (
            SELECT sequence FROM audit_links WHERE tenant_id = $1 AND record_id = r.id LIMIT 1) l ON true
        WHERE r.tenant_id = $1 AND r.id > $2 AND r.id <= $3 AND r.occurred_at < $4 AND l.sequence IS NULL
        ORDER BY r.id LIMIT 1
        """)
    private static let selectKeys = Statement(
        "select_audit_keys", "SELECT key_id, public_key, seal FROM audit_keys ORDER BY key_id")

    func links(after sequence: Int64, limit: Int) async throws(Failure) -> [LinkedAuditRecord] {
        try await runner.rows(Self.selectLinks, [.id(tenant), .int(sequence), .int(Int64(limit))])
            .decoded { row throws(PostgresError) in
                let link = AuditLink(
                    sequence: try row.int(Self.columnCount), record: try row.id(Self.columnCount + 1),
                    hash: try row.bytes(Self.columnCount + 2))
                // A row that somebody has made undecodable is no record any more.
                return LinkedAuditRecord(link: link, record: try? Self.record(row, in: tenant))
            }
    }

    func heads(after sequence: Int64, through last: Int64) async throws(Failure) -> [AuditHead] {
        let place = try await place()
        return try await runner.rows(Self.selectHeads, [.id(tenant), .int(sequence), .int(last)])
            .decoded { row throws(PostgresError) in try Self.head(row, of: place) }
    }

    func newestHead() async throws(Failure) -> AuditHead? {
        let place = try await place()
        return try await runner.rows(Self.selectNewestHead, [.id(tenant)])
            .first { row throws(PostgresError) in try Self.head(row, of: place) }
    }

    private func place() async throws(Failure) -> AuditChainPlace {
        guard let router, try await !router.isShared(tenant) else { return .shared(tenant) }
        return .own(tenant)
    }

    func unlinked(
        after first: AuditRecordID?, through last: AuditRecordID?, olderThan moment: Timestamp
    ) async throws(Failure) -> AuditRecordID? {
        try await runner.rows(
            Self.selectUnlinked,
            [
                .id(tenant), first.map { .id($0) } ?? .uuid(high: 0, low: 0),
                last.map { .id($0) } ?? .uuid(high: .max, low: .max), .timestamp(moment),
            ]
        ).first { row throws(PostgresError) in try row.id(0) }
    }

    func keys() async throws(Failure) -> [AuditKey] {
        try await registry.rows(Self.selectKeys, []).decoded { row throws(PostgresError) in
            AuditKey(
                key: PublicSigningKey(keyID: try row.text(0), ed25519: try row.bytes(1)), seal: try row.bytes(2))
        }
    }

    private static func head(_ row: PostgresRow, of place: AuditChainPlace) throws(PostgresError) -> AuditHead {
        AuditHead(
            place: place, sequence: try row.int(0), hash: try row.bytes(1), madeAt: try row.timestamp(2),
            signed: try row.text(3))
    }

    static func record(_ row: PostgresRow, in tenant: TenantID) throws(PostgresError) -> StoredAuditRecord {
        StoredAuditRecord(
            id: try row.id(0), tenant: tenant, actor: try row.text(1), action: try row.text(2),
            resource: ResourceReference(kind: try row.text(3), id: try row.text(4)), outcome: try row.text(5),
            content: row.isNull(7)
                ? .plain(try row.text(6)) : .sealed(SealedBytes(try row.bytes(7)), digest: try row.bytes(8)),
            origin: Origin(
                address: try row.optionalText(9), userAgent: try row.optionalText(10), requestID: try row.text(11),
                traceID: try row.optionalText(12)),
            occurredAt: try row.timestamp(13))
    }
}
