public import TenonDomain
public import TenonKit

/// All tenants, in memory.
public struct MemoryTenantCatalog: TenantCatalog, TenantErasure {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func tenants(_ filter: TenantFilter, _ page: PageRequest) async throws(Failure) -> Page<Tenant> {
        let found = transactions.committed.read { state in
            state.tenants.values.filter { filter.admits($0) }.sorted { $0.slug.text.utf8Precedes($1.slug.text) }
        }
        let rest = found.drop { !page.lowerBound.utf8Precedes($0.slug.text) }.dropFirst(page.offset)
        return Page(
            overfull: Array(rest.prefix(page.limit + 1)), for: page, total: page.isNumbered ? found.count : nil
        ) { $0.slug.text }
    }

    public func due(at now: Timestamp, after last: TenantSlug?, limit: Int) async throws(Failure) -> [Tenant] {
        let start = last?.text ?? ""
        return transactions.committed.read { state in
            let rest = state.tenants.values.filter { $0.isDue(at: now) && start.utf8Precedes($0.slug.text) }
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
    /// Everything of a tenant that is being erased, but for the audit log and the outbox.
    fileprivate mutating func erase(_ tenant: TenantID) -> Bool {
        guard tenants[tenant]?.isErasing == true else { return false }
        tenants[tenant] = nil
        users = users.filter { $0.value.tenant != tenant }
        sessions = sessions.filter { $0.value.tenant != tenant }
        passwordResets = passwordResets.filter { $0.value.first?.tenant != tenant }
        let connections = ssoConnections.filter { $0.value.tenant == tenant }
        ssoConnections = ssoConnections.filter { $0.value.tenant != tenant }
        userIdentities = userIdentities.filter { connections[$0.key.connection] == nil }
        spentStates[tenant] = nil
        roles.removeAll { $0.tenant == tenant }
        roleVersionFloors[tenant] = nil
        policies = policies.filter { $0.value.tenant != tenant }
        tenantDatabases[tenant] = nil
        apiKeys = apiKeys.filter { $0.value.tenant != tenant }
        seenSignatures = seenSignatures.filter { $0.key.tenant != tenant }
        let gone = namespaces.filter { $0.value.tenant == tenant }
        namespaces = namespaces.filter { $0.value.tenant != tenant }
        histories = histories.filter { gone[$0.key.namespace] == nil }
        references[tenant] = nil
        dataKeys.removeAll { $0.tenant == tenant }
        replies = replies.filter { $0.key.tenant != tenant }
        return true
    }
}

extension String {
    /// In the order of their bytes, as stores compare.
    fileprivate func utf8Precedes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
