internal import TenonDomain

extension Caller {
    /// What decides at the tenant: what this request was let in by, and for callers that no request brought what is
    /// stored.
    func tenantPolicy(from stores: any Stores) async throws(Failure) -> TenantPolicy {
        if let access { return access.policy ?? .builtIn }
        return try await stores.access.tenantAccess()?.policy ?? .builtIn
    }
}
