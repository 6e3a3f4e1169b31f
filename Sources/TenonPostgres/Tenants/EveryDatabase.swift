internal import TenonDomain

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
