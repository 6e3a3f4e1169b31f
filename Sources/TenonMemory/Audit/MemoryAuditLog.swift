public import TenonDomain
internal import TenonKit

/// A tenant's part of the audit log in memory. Nothing is at rest here, so contents are not sealed.
struct MemoryAuditLog: AuditLog {
    let tables: MemoryTables
    let tenant: TenantID

    func records(_ filter: AuditFilter, _ page: PageRequest) async throws(Failure) -> Page<LoggedAuditRecord> {
        let found = tables.read { state in
            let links = Dictionary(uniqueKeysWithValues: (state.auditLinks[tenant] ?? []).map { ($0.record, $0) })
            return state.audit.filter { $0.tenant == tenant }.map { StoredAuditRecord.plain($0) }
                .filter(filter.matches).map { LoggedAuditRecord(record: $0, link: links[$0.id]) }
        }.sorted { Self.isNewer(($0.record.occurredAt, $0.record.id), ($1.record.occurredAt, $1.record.id)) }
        let last = LoggedAuditRecord.position(of: page.lowerBound)
        let rest = found.filter { item in
            last.map { Self.isNewer(($0.at, $0.id), (item.record.occurredAt, item.record.id)) } ?? true
        }
        return Page(
            overfull: Array(rest.dropFirst(page.offset).prefix(page.limit + 1)), for: page,
            total: page.isNumbered ? found.count : nil, sortKey: \.sortKey)
    }

    private static func isNewer(_ left: (Timestamp, AuditRecordID), _ right: (Timestamp, AuditRecordID)) -> Bool {
        left > right
    }

    func links(after sequence: Int64, limit: Int) async throws(Failure) -> [LinkedAuditRecord] {
        tables.read { state in
            let records = Dictionary(
                uniqueKeysWithValues: state.audit.filter { $0.tenant == tenant }.map { ($0.id, $0) })
            return (state.auditLinks[tenant] ?? []).lazy.filter { $0.sequence > sequence }.prefix(limit).map {
                LinkedAuditRecord(link: $0, record: records[$0.record].map { .plain($0) })
            }
        }
    }

    func heads(after sequence: Int64, through last: Int64) async throws(Failure) -> [AuditHead] {
        tables.read { state in
            (state.auditHeads[tenant] ?? []).filter { $0.sequence > sequence && $0.sequence <= last }
        }
    }

    func newestHead() async throws(Failure) -> AuditHead? {
        tables.read { $0.auditHeads[tenant]?.last }
    }

    func unlinked(
        after first: AuditRecordID?, through last: AuditRecordID?, olderThan moment: Timestamp
    ) async throws(Failure) -> AuditRecordID? {
        tables.read { state in
            let linked = Set((state.auditLinks[tenant] ?? []).map(\.record))
            return state.audit.first { record in
                record.tenant == tenant && !linked.contains(record.id) && record.occurredAt < moment
                    && (first.map { record.id > $0 } ?? true) && (last.map { record.id <= $0 } ?? true)
            }?.id
        }
    }

    func keys() async throws(Failure) -> [AuditKey] {
        tables.read { $0.auditKeys }
    }
}

/// The chains of all tenants in memory.
public struct MemoryAuditChain: AuditChain {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func waiting(limit: Int) async throws(Failure) -> [AuditChainPlace] {
        transactions.committed.read { state in
            state.unlinked.keys.sorted().prefix(limit).map(AuditChainPlace.shared)
        }
    }

    public func extend(
        _ place: AuditChainPlace, limit: Int,
        by extend: @Sendable (AuditLink?, [StoredAuditRecord]) throws(Failure) -> AuditExtension
    ) async throws(Failure) -> Int? {
        let tenant = place.tenant
        let outcome: Result<Int, Failure> = try await transactions.change { state in
            let waiting = (state.unlinked[tenant] ?? []).sorted { $0.id < $1.id }
            let records = waiting.prefix(limit)
            guard !records.isEmpty else { return .success(0) }
            return Result { () throws(Failure) in
                let made = try extend(state.auditLinks[tenant]?.last, records.map { .plain($0) })
                state.auditLinks[tenant, default: []] += made.links
                state.auditHeads[tenant, default: []].append(made.head)
                state.unlinked[tenant] = records.count < waiting.count ? Array(waiting.dropFirst(limit)) : nil
                return made.links.count
            }
        }
        return try outcome.get()
    }

    public func addIfAbsent(_ key: AuditKey) async throws(Failure) {
        try await transactions.change { state in
            if !state.auditKeys.contains(where: { $0.key.keyID == key.key.keyID }) { state.auditKeys.append(key) }
        }
    }
}
