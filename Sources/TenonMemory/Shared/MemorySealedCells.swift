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
            histories.values.joined().compactMap { entry in
                guard entry.tenant == tenant, let sealed = entry.version.sealedValue else { return nil }
                return SealedCell(place: entry.sealPlace, row: entry.version.id.bytes, sealed: sealed)
            }
        case .keptReplies:
            replies.filter { $0.key.tenant == tenant }.map {
                SealedCell(
                    place: KeptReply.place(of: $0.value.id, in: tenant), row: $0.key.claim, sealed: $0.value.sealed)
            }
        case .apiKeyCredentials:
            apiKeys.of(tenant).flatMap(\.sealedCells)
        case .ssoConnections:
            ssoConnections.of(tenant).compactMap { connection in
                guard let sealed = connection.sealedSecret else { return nil }
                return SealedCell(
                    place: SSOConnection.sealPlace(of: connection.id, in: tenant), row: connection.id.bytes,
                    sealed: sealed)
            }
        }
    }

    fileprivate mutating func replace(_ place: SealPlace, in table: SealedTable, by new: SealedBytes) {
        switch table {
        case .configVersions:
            for (path, history) in histories {
                guard let index = history.firstIndex(where: { $0.sealPlace == place }) else { continue }
                histories[path]?[index] = history[index].with(sealed: new)
            }
        case .keptReplies:
            for (path, reply) in replies where KeptReply.place(of: reply.id, in: path.tenant) == place {
                replies[path] = KeptReply(
                    id: reply.id, claim: reply.claim, sealed: new, expiresAt: reply.expiresAt)
            }
        case .apiKeyCredentials:
            for key in apiKeys.all where key.sealedCells.contains(where: { $0.place == place }) {
                apiKeys[key.tenant, key.id] = key.with(sealed: new, at: place)
            }
        case .ssoConnections:
            for connection in ssoConnections.all
            where SSOConnection.sealPlace(of: connection.id, in: connection.tenant) == place {
                ssoConnections[connection.tenant, connection.id] = connection.with(sealed: new)
            }
        }
    }
}

extension SealedCell {
    fileprivate func isOlder(than version: Int32) -> Bool {
        sealed.keyVersion.map { $0 < version } ?? false
    }
}
