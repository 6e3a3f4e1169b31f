public import TenonDomain

/// Deletes a policy.
public struct DeletePolicy: Sendable {
    public static let permission = RevisePolicies.permission

    public typealias Input = ChangeInput<PolicyID, Void>

    let revise: RevisePolicies

    /// Fails with `policyNotFound` or `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await revise.execute(.policy(input.id), as: caller) { work throws(Failure) in
            let policy = try await work.policies.require(input.id)
            try revise.require(on: policy, as: caller)
            try input.precondition.check(policy.version)
            try await work.policies.remove(input.id)
            revise.record(policy.removal, of: policy.tenant, in: work)
        }
    }
}
