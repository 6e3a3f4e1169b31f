public import TenonDomain
public import TenonKit

struct MemoryTenantDatabases: TenantDatabases {
    let tables: MemoryTables
    let tenant: TenantID

    func request(at now: Timestamp) async throws(Failure) {
        tables.change { state in
            if state.tenantDatabases[tenant] == nil {
                state.tenantDatabases[tenant] = TenantDatabase(requestedFor: tenant, at: now)
            }
        }
    }

    func database() async throws(Failure) -> TenantDatabase? {
        tables.read { $0.tenantDatabases[tenant] }
    }

    func replace(_ old: TenantDatabase, by new: TenantDatabase) async throws(Failure) -> Bool {
        tables.change { state in
            guard let standing = state.tenantDatabases[tenant], old.tenant == tenant, new.tenant == tenant,
                standing.state == old.state, standing.attempts == old.attempts
            else { return false }
            state.tenantDatabases[tenant] = new
            return true
        }
    }
}

/// The tenants whose databases need work.
public struct MemoryTenantDatabaseQueue: TenantDatabaseQueue {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func take(holdingUntil: Timestamp, at now: Timestamp) async throws(Failure) -> TenantDatabase? {
        try await transactions.change { state in
            let waiting = state.tenantDatabases.values.filter { $0.state.isPending && $0.heldUntil <= now }
            guard let next = waiting.min(by: { ($0.heldUntil, $0.tenant) < ($1.heldUntil, $1.tenant) }) else {
                return nil
            }
            let taken = TenantDatabase(
                tenant: next.tenant, state: next.state, schemaVersion: next.schemaVersion, attempts: next.attempts + 1,
                lastError: next.lastError, heldUntil: holdingUntil, updatedAt: next.updatedAt)
            state.tenantDatabases[next.tenant] = taken
            return taken
        }
    }
}

/// No server: in memory all tenants' rows are in the same process, so a database of its own is only a name. Its states
/// match those of a real one, for tests, embedders and `tenon serve --in-memory`.
public struct MemoryTenantDatabaseCluster: TenantDatabaseCluster {
    public init() {}

    public func create(_ name: String) async throws(Failure) {}
    public func migrate(_ name: String) async throws(Failure) -> Int64 { 1 }
    public func drop(_ name: String, of tenant: TenantID) async throws(Failure) {}
}
