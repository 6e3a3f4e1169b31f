public import TenonDomain
internal import TenonKit

/// The sealed values of tenants, in the columns that stand here and no others.
public struct PostgresSealedCells: SealedCells {
    private let maintenance: PostgresMaintenance

    public init(_ database: PostgresDatabase, clock: any WallClock, identifiers: Identifiers) {
        maintenance = PostgresMaintenance(
            database: database, clock: clock, identifiers: identifiers, place: .tenant)
    }

    /// What is asked of one table. Bytes 2 to 5 of a sealed value are the version of its key; a null is none.
    private struct Statements: Sendable {
        let count: Statement
        let page: Statement
        let update: Statement
        /// Stands before every row.
        let start: [UInt8]
    }

    /// Of a table whose rows are found by a UUID.
    private static func byID(
        _ count: StaticString, _ page: StaticString, _ update: StaticString, table: String, column: String
    ) -> Statements {
        let isOlder = "tenant_id = $1 AND substring(\(column) FROM 2 FOR 4) < int4send($2::int4)"
        return Statements(
            count: Statement(count, "SELECT count(*) FROM \(table) WHERE \(isOlder)"),
            page: Statement(
                page,
                """
                SELECT id, uuid_send(id), \(column) FROM \(table)
                WHERE \(isOlder) AND id > encode($3, 'hex')::uuid ORDER BY id LIMIT $4
                """),
            update: Statement(
                update,
                """
                UPDATE \(table) SET \(column) = $4
                WHERE tenant_id = $1 AND id = encode($2, 'hex')::uuid AND \(column) = $3 RETURNING 1
                """),
            start: [UInt8](repeating: 0, count: 16))
    }

    private static let configVersions = byID(
        "count_sealed_config_versions", "select_sealed_config_versions", "reseal_config_versions",
        table: "config_versions",
        column: "sealed_value")
    private static let apiKeyCredentials = byID(
        "count_sealed_api_key_credentials", "select_sealed_api_key_credentials", "reseal_api_key_credentials",
        table: "api_key_credentials",
        column: "sealed_secret")
    private static let ssoConnections = byID(
        "count_sealed_sso_connections", "select_sealed_sso_connections", "reseal_sso_connections",
        table: "sso_connections",
        column: "sealed_client_secret")

    private static let keptReplies = Statements(
        count: Statement(
            "count_sealed_replies",
            """
            SELECT count(*) FROM kept_replies
            WHERE tenant_id = $1 AND substring(sealed_reply FROM 2 FOR 4) < int4send($2::int4)
            """),
        page: Statement(
            "select_sealed_replies",
            """
            SELECT id, claim, sealed_reply FROM kept_replies
            WHERE tenant_id = $1 AND substring(sealed_reply FROM 2 FOR 4) < int4send($2::int4) AND claim > $3
            ORDER BY claim LIMIT $4
            """),
        update: Statement(
            "reseal_reply",
            """
            UPDATE kept_replies SET sealed_reply = $4 WHERE tenant_id = $1 AND claim = $2 AND sealed_reply = $3
            RETURNING 1
            """),
        start: [])

    private static let waitingToken = Statement(
        "find_waiting_reset_token",
        "SELECT EXISTS (\(PostgresDataKeyRotation.waitingToken(under: "$2::int4", at: "$3")))")

    private static func statements(_ table: SealedTable) -> Statements {
        switch table {
        case .configVersions: configVersions
        case .keptReplies: keptReplies
        case .apiKeyCredentials: apiKeyCredentials
        case .ssoConnections: ssoConnections
        }
    }

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
                try await runner.rows(statements(table).count, [.id(tenant), .int(Int64(version))])
                .first { row throws(PostgresError) in Int(try row.int(0)) } ?? 0
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
            if try tokens.first({ row throws(PostgresError) in try row.bool(0) }) == true { return true }
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
        let statements = Self.statements(table)
        return try await maintenance.rows(
            in: tenant, statements.page,
            [.id(tenant), .int(Int64(version)), .bytes(last?.row ?? statements.start), .int(Int64(limit))]
        ).decoded { row throws(PostgresError) in
            let (high, low) = try row.uuid(0)
            return SealedCell(
                place: table.place(rowHigh: high, rowLow: low, in: tenant), row: try row.bytes(1),
                sealed: SealedBytes(try row.bytes(2)))
        }
    }

    public func replace(
        _ changes: [(cell: SealedCell, new: SealedBytes)], of tenant: TenantID, in table: SealedTable
    ) async throws(Failure) -> Int {
        let commands = changes.map { change in
            Command(
                Self.statements(table).update,
                [
                    .id(tenant), .bytes(change.cell.row), .bytes(change.cell.sealed.bytes), .bytes(change.new.bytes),
                ])
        }
        return try await maintenance.transact(in: tenant, as: .keyMaintenance) { runner, _ throws(Failure) in
            try await runner.rows(commands).count { !$0.isEmpty }
        }
    }
}
