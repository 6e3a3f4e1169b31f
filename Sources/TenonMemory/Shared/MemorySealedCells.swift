public import TenonDomain

/// The sealed values of tenants in memory.
public struct MemorySealedCells: SealedCells {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func count(of tenant: TenantID, olderThan version: Int32) async throws(Failure) -> Int {
        transactions.committed.read { state in
            state.sealedCells(of: tenant).count { $0.isOlder(than: version) }
        }
    }

    public func cells(
        of tenant: TenantID, in table: SealedTable, olderThan version: Int32, after last: SealedCell?, limit: Int
    ) async throws(Failure) -> [SealedCell] {
        let found = transactions.committed.read { state in
            state.sealedCells(of: tenant, in: table).filter { $0.isOlder(than: version) }
        }
        let rest = found.sorted { $0.row.lexicographicallyPrecedes($1.row) }.drop { cell in
            last.map { !$0.row.lexicographicallyPrecedes(cell.row) } ?? false
        }
        return Array(rest.prefix(limit))
    }

    public func replace(
        _ changes: [(cell: SealedCell, new: SealedBytes)], of tenant: TenantID, in table: SealedTable
    ) async throws(Failure) -> Int {
        try await transactions.change { state in
            changes.count { change in
                guard state.sealedCells(of: tenant, in: table).contains(change.cell) else { return false }
                state.replace(change.cell.place, in: table, by: change.new)
                return true
            }
        }
    }
}

extension MemoryState {
    /// Of all tables.
    func sealedCells(of tenant: TenantID) -> [SealedCell] {
        SealedTable.allCases.flatMap { sealedCells(of: tenant, in: $0) }
    }

    fileprivate func sealedCells(of tenant: TenantID, in table: SealedTable) -> [SealedCell] {
        switch table {
        case .configVersions:
            entries.values.filter { $0.tenant == tenant }.map {
                SealedCell(place: $0.sealPlace, row: $0.versionID.bytes, sealed: $0.sealedValue)
            }
        case .keptReplies:
            replies.filter { $0.key.tenant == tenant }.map {
                SealedCell(
                    place: KeptReply.place(of: $0.value.id, in: tenant), row: $0.key.claim, sealed: $0.value.sealed)
            }
        }
    }

    fileprivate mutating func replace(_ place: SealPlace, in table: SealedTable, by new: SealedBytes) {
        switch table {
        case .configVersions:
            for (path, entry) in entries where entry.sealPlace == place { entries[path] = entry.resealed(new) }
        case .keptReplies:
            for (path, reply) in replies where KeptReply.place(of: reply.id, in: path.tenant) == place {
                replies[path] = KeptReply(
                    id: reply.id, claim: reply.claim, sealed: new, expiresAt: reply.expiresAt)
            }
        }
    }
}

extension ConfigEntry {
    fileprivate func resealed(_ sealed: SealedBytes) -> ConfigEntry {
        ConfigEntry(
            id: id, tenant: tenant, namespace: namespace, key: key, description: description, isSecret: isSecret,
            valueType: valueType, schema: schema, version: version, versionID: versionID, sealedValue: sealed,
            createdBy: createdBy, createdAt: createdAt, updatedBy: updatedBy, updatedAt: updatedAt)
    }
}

extension SealedCell {
    fileprivate func isOlder(than version: Int32) -> Bool {
        sealed.keyVersion.map { $0 < version } ?? false
    }
}
