public import TenonDomain

/// One policy.
public struct GetPolicy: Sendable {
    public static let permission = Permission.policiesRead

    let stores: Reads<any HasPolicies>
    let authorizer: any Authorizer

    /// Fails with `policyNotFound`.
    public func execute(_ id: PolicyID, as caller: Caller) async throws(Failure) -> Policy {
        let policy = try await stores.for(caller).policies.require(id)
        try authorizer.require(Self.permission, on: policy, as: caller)
        return policy
    }
}
