public import TenonDomain
internal import TenonKit

/// The sealed values of tenants, in the columns that contexts declare.
public struct PostgresSealedCells: SealedCells {
    private let maintenance: PostgresMaintenance

    public init(_ database: PostgresDatabase, clock: any WallClock, identifiers: Identifiers) {
        maintenance = PostgresMaintenance(
            database: database, clock: clock, identifiers: identifiers, place: .tenant)
    }

    private static let found = Columns<(id: RawUUID, row: [UInt8], sealed: SealedBytes)> { c in
        let (id, cell) = (c.read("id", as: RawUUID.self), c.read("row", as: [UInt8].self))
        let sealed = c.read("sealed", as: SealedBytes.self)
        return { row, _ throws(PostgresError) in (try row[id], try row[cell], try row[sealed]) }
    }
    private static let waitingToken = Statement(
        "find_waiting_reset_token",
        "SELECT EXISTS (\(PostgresDataKeyRotation.waitingToken(under: "$2::int4", at: "$3")))")

    public func count(of tenant: TenantID, olderThan version: Int32) async throws(Failure) -> Int {
        try await maintenance.transact(in: tenant, as: .keyMaintenance) { runner, _ throws(Failure) in
            try await Self.count(of: tenant, olderThan: version, runner)
        }
    }

    private static func count(
        of tenant: TenantID, olderThan version: Int32, _ runner: any StatementRunner
    ) async throws(Failure) -> Int {
        var count = 0
        for table in SealedTable.allCases {
            count +=
                try await runner.rows(SealedColumn.of(table).count, [.id(tenant), .int(Int64(version))])
                .value("count") ?? 0
        }
        return count
    }

    /// Which versions of the key are needed, while nobody seals.
    struct Versions {
        fileprivate let tenant: TenantID
        fileprivate let runner: any StatementRunner

        fileprivate let now: Timestamp

        /// Whether a cell, or a token on its way, is sealed under the version.
        func isNeeded(_ version: Int32) async throws(Failure) -> Bool {
            let tokens = try await runner.rows(
                PostgresSealedCells.waitingToken, [.id(tenant), .int(Int64(version)), .timestamp(now)])
            if try tokens.value("exists") == true { return true }
            let below = try await PostgresSealedCells.count(of: tenant, olderThan: version, runner)
            return try await PostgresSealedCells.count(of: tenant, olderThan: version + 1, runner) > below
        }
    }

    /// Runs the body while nobody stores sealed values of the tenant, and what was stored is seen.
    func withSealingStopped<Result: Sendable>(
        of tenant: TenantID, _ body: (Versions) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await maintenance.transact(in: tenant, as: .keyMaintenance) { runner, _ throws(Failure) in
            _ = try await runner.rows([PostgresDataKeyRotation.lock(tenant)])
            return try await body(Versions(tenant: tenant, runner: runner, now: maintenance.clock.now()))
        }
    }

    public func cells(
        of tenant: TenantID, in table: SealedTable, olderThan version: Int32, after last: SealedCell?, limit: Int
    ) async throws(Failure) -> [SealedCell] {
        let column = SealedColumn.of(table)
        return try await maintenance.rows(
            in: tenant, column.page,
            [.id(tenant), .int(Int64(version)), .bytes(last?.row ?? column.start), .int(Int64(limit))]
        ).decoded(Self.found, of: tenant).map { cell in
            SealedCell(
                place: table.place(rowHigh: cell.id.high, rowLow: cell.id.low, in: tenant), row: cell.row,
                sealed: cell.sealed)
        }
    }

    public func replace(
        _ changes: [(cell: SealedCell, new: SealedBytes)], of tenant: TenantID, in table: SealedTable
    ) async throws(Failure) -> Int {
        let commands = changes.map { change in
            Command(
                SealedColumn.of(table).update,
                [
                    .id(tenant), .bytes(change.cell.row), .bytes(change.cell.sealed.bytes), .bytes(change.new.bytes),
                ])
        }
        return try await maintenance.transact(in: tenant, as: .keyMaintenance) { runner, _ throws(Failure) in
            try await runner.rows(commands).count { !$0.isEmpty }
        }
    }
}
