internal import TenonDomain

extension Caller {
    /// The policy of the caller's tenant: the one that authorized this request, or the stored one for callers without a
    /// request.
    func tenantPolicy(from stores: any HasAccess) async throws(Failure) -> TenantPolicy {
        if let access { return access.policy ?? .builtIn }
        return try await stores.access.tenantAccess()?.policy ?? .builtIn
    }
}
