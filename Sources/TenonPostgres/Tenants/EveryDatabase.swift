internal import TenonDomain

extension PostgresDatabase {
    /// Runs a statement with the relay's rights in the shared database and in every tenant's own, and sums what its one
    /// row says. A tenant's database that does not answer is passed over: the next time finds it.
    func sumEverywhere(_ command: Command) async throws(Failure) -> Int {
        var sum = try await relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await Self.number(command, on: lease)
        }
        for tenant in try await router.tenants() {
            do throws(Failure) {
                sum += try await router.visit(tenant) { lease throws(Failure) in
                    try await Self.number(command, on: lease)
                }
            } catch {
                if error.code == .cancelled { throw error }
            }
        }
        return sum
    }

    private static func number(_ command: Command, on lease: PostgresLease) async throws(Failure) -> Int {
        try await lease.rows([command])[0].first { row throws(PostgresError) in Int(try row.int(0)) } ?? 0
    }
}
