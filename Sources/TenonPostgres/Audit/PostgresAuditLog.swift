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

    static let columns = Columns<StoredAuditRecord>("audit_records") { c in
        let id = c.fixed("id", \.id)
        let actor = c.fixed("actor", \.actor)
        let action = c.fixed("action", \.action)
        let resourceKind = c.fixed("resource_kind", \.resource.kind)
        let resourceID = c.fixed("resource_id", \.resource.id)
        let outcome = c.fixed("outcome", \.outcome)
        let plain = c.fixed("details", \.content.plain)
        let sealed = c.fixed("sealed_content", \.content.sealed)
        let digest = c.fixed("content_digest", \.content.digest)
        let address = c.fixed("address", \.origin.address)
        let userAgent = c.fixed("user_agent", \.origin.userAgent)
        let requestID = c.fixed("request_id", \.origin.requestID)
        let traceID = c.fixed("trace_id", \.origin.traceID)
        let occurredAt = c.fixed("occurred_at", \.occurredAt)
        return { row, tenant throws(PostgresError) in
            let content: StoredAuditRecord.Content
            if let sealed = try row[sealed] {
                content = .sealed(sealed, digest: try row.parsed(digest) { $0 })
            } else {
                content = .plain(try row.parsed(plain) { $0 })
            }
            return StoredAuditRecord(
                id: try row[id], tenant: tenant, actor: try row[actor], action: try row[action],
                resource: ResourceReference(kind: try row[resourceKind], id: try row[resourceID]),
                outcome: try row[outcome], content: content,
                origin: Origin(
                    address: try row[address], userAgent: try row[userAgent], requestID: try row[requestID],
                    traceID: try row[traceID]),
                occurredAt: try row[occurredAt])
        }
    }
    static let links = Columns<AuditLink>("audit_links") { c in
        let sequence = c.fixed("sequence", \.sequence)
        let record = c.fixed("record_id", \.record)
        let hash = c.fixed("hash", \.hash)
        return { row, _ throws(PostgresError) in
            AuditLink(sequence: try row[sequence], record: try row[record], hash: try row[hash])
        }
    }

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
        SELECT r.*, l.* FROM (
            SELECT \(columns.list()) FROM audit_records
            WHERE \(conditions(lead)) AND (occurred_at, id) < ($9, $10)
            ORDER BY occurred_at DESC, id DESC LIMIT $11 OFFSET $12) r
        LEFT JOIN LATERAL (
            SELECT \(links.list()) FROM audit_links WHERE tenant_id = $1 AND record_id = r.id LIMIT 1) l ON true
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
            .id(tenant), filter.actor.bind, filter.action.bind, filter.resourceKind.bind, filter.resourceID.bind,
            (filter.outcome?.rawValue).bind, .timestamp(filter.from ?? distantPast),
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
        let records = try found.items.decoded(Self.columns, of: tenant)
        let items = zip(records, try found.items.joined(Self.links, of: tenant))
            .map { LoggedAuditRecord(record: $0, link: $1) }
        return Page(overfull: items, for: page, total: found.total, sortKey: \.sortKey)
    }

    // MARK: - The chain

    static let selectLinks = Statement(
        "select_audit_links",
        """
        SELECT r.*, l.* FROM (
            SELECT \(links.list()) FROM audit_links
            WHERE tenant_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3) l
        LEFT JOIN LATERAL (
            SELECT \(columns.list()) FROM audit_records WHERE tenant_id = $1 AND id = l.record_id LIMIT 1) r ON true
        ORDER BY l.sequence
        """)
    static let heads = Columns<AuditHead>("audit_heads") { c in
        let sequence = c.fixed("sequence", \.sequence)
        let hash = c.fixed("hash", \.hash)
        let madeAt = c.fixed("made_at", \.madeAt)
        let signed = c.fixed("signed", \.signed)
        return { row, tenant throws(PostgresError) in
            AuditHead(
                place: .shared(tenant), sequence: try row[sequence], hash: try row[hash], madeAt: try row[madeAt],
                signed: try row[signed])
        }
    }
    private static let selectHeads = Statement(
        "select_audit_heads",
        """
        SELECT \(heads.list()) FROM audit_heads
        WHERE tenant_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence
        """)
    private static let selectNewestHead = Statement(
        "select_newest_audit_head",
        """
        SELECT \(heads.list()) FROM audit_heads WHERE tenant_id = $1 ORDER BY sequence DESC LIMIT 1
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
    static let keys = Columns<AuditKey>("audit_keys", isScoped: false) { c in
        let keyID = c.fixed("key_id", \.key.keyID)
        let publicKey = c.fixed("public_key", \.key.ed25519)
        let seal = c.fixed("seal", \.seal)
        return { row, _ throws(PostgresError) in
            AuditKey(
                key: PublicSigningKey(keyID: try row[keyID], ed25519: try row[publicKey]), seal: try row[seal])
        }
    }
    private static let selectKeys = Statement(
        "select_audit_keys", "SELECT \(keys.list()) FROM audit_keys ORDER BY key_id")

    func links(after sequence: Int64, limit: Int) async throws(Failure) -> [LinkedAuditRecord] {
        let rows = try await runner.rows(Self.selectLinks, [.id(tenant), .int(sequence), .int(Int64(limit))])
        // A row that somebody has made undecodable is no record any more.
        let records = try rows.decoded(by: Self.columns) { row in try? Self.columns.decode(row, tenant) }
        return zip(try rows.decoded(Self.links, of: tenant), records).map { LinkedAuditRecord(link: $0, record: $1) }
    }

    func heads(after sequence: Int64, through last: Int64) async throws(Failure) -> [AuditHead] {
        let place = try await place()
        return try await runner.rows(Self.selectHeads, [.id(tenant), .int(sequence), .int(last)])
            .decoded(Self.heads, of: tenant).map { $0.at(place) }
    }

    func newestHead() async throws(Failure) -> AuditHead? {
        let place = try await place()
        return try await runner.rows(Self.selectNewestHead, [.id(tenant)])
            .first(Self.heads, of: tenant)?.at(place)
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
        ).value("id")
    }

    func keys() async throws(Failure) -> [AuditKey] {
        try await registry.rows(Self.selectKeys, []).decoded(Self.keys, of: tenant)
    }
}

extension AuditHead {
    /// A database does not say itself which of the tenant's chains it holds.
    fileprivate func at(_ place: AuditChainPlace) -> AuditHead {
        AuditHead(place: place, sequence: sequence, hash: hash, madeAt: madeAt, signed: signed)
    }
}

extension StoredAuditRecord.Content {
    fileprivate var plain: String? {
        if case .plain(let text) = self { text } else { nil }
    }

    fileprivate var sealed: SealedBytes? {
        if case .sealed(let bytes, _) = self { bytes } else { nil }
    }

    fileprivate var digest: [UInt8]? {
        if case .sealed(_, let digest) = self { digest } else { nil }
    }
}
