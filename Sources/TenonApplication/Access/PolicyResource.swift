public import TenonDomain

/// Gets one policy. Fails with `policyNotFound`.
public typealias GetPolicy = Get<Policy>
/// Lists the tenant's policies, oldest first.
public typealias ListPolicies = List<Policy>

extension Policy: Listable {
    public static let readPermission = Permission.policiesRead

    public static func find(
        _ id: PolicyID, for caller: Caller, in stores: any HasPolicies
    ) async throws(Failure) -> Policy {
        try await stores.policies.require(id)
    }

    public static func page(
        _ page: PageRequest, matching filter: Void, for caller: Caller, in stores: any HasPolicies
    ) async throws(Failure) -> Page<Policy> {
        try await stores.policies.policies(page)
    }
}
