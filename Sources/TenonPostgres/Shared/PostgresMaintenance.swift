internal import TenonDomain

/// Transactions with the relay's rights, for the operator's commands on keys. They have more time than a request, since
/// they may read every row of a tenant. Their audit records are stored as plain text: they say which keys there were
/// and are, and must stay readable when the keys are gone.
struct PostgresMaintenance: Sendable {
    private static let patience = Duration.seconds(300)

    let database: PostgresDatabase
    let clock: any WallClock
    let identifiers: Identifiers
    /// Where it works: on what is kept of tenants in the shared database, or wherever the tenant's rows stand.
    var place = PostgresTransactions.Place.registry

    private func lend<Value>(
        _ tenant: TenantID, _ body: (PostgresLease) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard place == .tenant else { return try await database.relayLeases.withLease(refusal: \.failure, body) }
        return try await database.router.visit(tenant, body)
    }

    /// Runs the body in one transaction. What it puts into the pending records stands in the audit log of the tenant.
    func transact<Result: Sendable>(
        in tenant: TenantID, as caller: Caller,
        _ body: (any StatementRunner, PendingRecords) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await lend(tenant) { lease throws(Failure) in
            let runner = TransactionRunner(
                lease: lease, scope: Scope.command(tenant, Self.patience), patience: Self.patience + .seconds(1))
            let pending = PendingRecords(
                tenant: tenant, caller: caller, now: clock.now(), identifiers: identifiers, sealer: nil)
            let result = try await body(runner, pending)
            let last = try await pending.commands()
            do throws(PostgresError) {
                try await runner.commit(after: last)
            } catch {
                throw error.failure
            }
            return result
        }
    }

    /// One statement on its own, of a tenant or, where none is named, of all.
    func rows(
        in tenant: TenantID = .platform, _ statement: Statement, _ values: [PostgresValue]
    ) async throws(Failure) -> PostgresRows {
        try await transact(in: tenant, as: .keyMaintenance) { runner, _ throws(Failure) in
            try await runner.rows(statement, values)
        }
    }
}

extension Caller {
    /// For transactions that leave nothing in the audit log.
    static var keyMaintenance: Caller {
        Caller(.system(job: "keys", tenant: .platform), from: Origin(requestID: "keys"))
    }
}
