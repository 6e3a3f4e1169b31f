internal import TenonDomain

/// Old rows are deleted in batches, each in a transaction of its own, so that none holds locks for long.
enum PostgresPurge {
    static let batch = 5000

    /// Takes away the oldest rows up to `$1`, about one batch. Uses the index of the column, and no privilege but to read
    /// it.
    static func statement(
        _ name: StaticString, _ table: String, by column: String, where condition: String = "true"
    ) -> Statement {
        Statement(
            name,
            """
            DELETE FROM \(table) WHERE \(column) <= coalesce(
                (SELECT \(column) FROM \(table) WHERE \(column) <= $1 AND \(condition)
                    ORDER BY \(column) OFFSET \(batch - 1) LIMIT 1), $1) AND \(condition)
            """)
    }
}

extension PostgresLease {
    /// Runs it until less than a batch is left; answers how many there were.
    func purge(_ command: Command) async throws(Failure) -> Int {
        var sum = 0
        while true {
            let count = try await rows([command])[0].affected
            sum += count
            guard count >= PostgresPurge.batch else { return sum }
        }
    }
}

extension PostgresDatabase {
    /// Purges with the relay's rights in the shared database and in every tenant's own, and sums how many rows there were.
    /// A tenant's database that does not answer is passed over: the next time finds it.
    func purgeEverywhere(_ command: Command) async throws(Failure) -> Int {
        var sum = try await relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.purge(command)
        }
        for tenant in try await router.tenants() {
            do throws(Failure) {
                sum += try await router.visit(tenant) { lease throws(Failure) in try await lease.purge(command) }
            } catch {
                if error.code == .cancelled { throw error }
            }
        }
        return sum
    }
}
