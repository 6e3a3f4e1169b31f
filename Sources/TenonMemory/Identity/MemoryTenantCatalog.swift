public import TenonDomain
public import TenonKit

/// All tenants, in memory.
public struct MemoryTenantCatalog: TenantCatalog, TenantErasure {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func tenants(_ filter: TenantFilter, _ page: PageRequest) async throws(Failure) -> Page<Tenant> {
        let found = transactions.committed.read { state in state.tenants.all.filter { filter.admits($0) } }
        return Page(of: found, page, by: \.sortKey)
    }

    public func due(at now: Timestamp, after last: TenantSlug?, limit: Int) async throws(Failure) -> [Tenant] {
        let start = last?.text ?? ""
        return transactions.committed.read { state in
            let rest = state.tenants.all.filter { $0.isDue(at: now) && start.utf8Precedes($0.slug.text) }
            return Array(rest.sorted { $0.slug.text.utf8Precedes($1.slug.text) }.prefix(limit))
        }
    }

    public func erase(
        _ tenant: TenantID, limit: Int, as caller: Caller, recording event: DomainEvent
    ) async throws(Failure) -> ErasureProgress {
        try await transactions.transact(in: tenant, as: caller) { work throws(Failure) in
            guard work.tables.change({ $0.erase(tenant) }) else { return .waiting }
            work.record(event)
            return .gone
        }
    }
}

extension MemoryState {
    /// Deletes all rows of a tenant that is being erased, except the audit log and the outbox.
    fileprivate mutating func erase(_ tenant: TenantID) -> Bool {
        guard tenants[tenant, tenant]?.isErasing == true else { return false }
        tenants.removeAll(of: tenant)
        users.removeAll(of: tenant)
        sessions.removeAll(of: tenant)
        passwordResets = passwordResets.filter { $0.value.first?.tenant != tenant }
        let connections = Set(ssoConnections.of(tenant).map(\.id))
        ssoConnections.removeAll(of: tenant)
        userIdentities = userIdentities.filter { !connections.contains($0.key.connection) }
        spentStates[tenant] = nil
        roles.removeAll(of: tenant)
        roleVersionFloors[tenant] = nil
        policies.removeAll(of: tenant)
        tenantDatabases[tenant] = nil
        apiKeys.removeAll(of: tenant)
        seenSignatures = seenSignatures.filter { $0.key.tenant != tenant }
        let gone = Set(namespaces.of(tenant).map(\.id))
        namespaces.removeAll(of: tenant)
        histories = histories.filter { !gone.contains($0.key.namespace) }
        references[tenant] = nil
        dataKeys.removeAll { $0.tenant == tenant }
        replies = replies.filter { $0.key.tenant != tenant }
        return true
    }
}
