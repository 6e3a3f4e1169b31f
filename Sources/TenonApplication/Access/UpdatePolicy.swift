public import TenonDomain

/// Updates a policy. Rules that do not parse are refused, and the current ones stay in force.
public struct UpdatePolicy: Sendable {
    public static let permission = RevisePolicies.permission

    public typealias Input = ChangeInput<PolicyID, PolicyPatch>

    let revise: RevisePolicies

    /// Fails with `policyNotFound`, `preconditionFailed`, or like `CreatePolicy`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Policy {
        let now = revise.clock.now()
        return try await revise.execute(.policy(input.id), as: caller) { work throws(Failure) in
            let policy = try await work.policies.require(input.id)
            try revise.require(on: policy, as: caller)
            try input.precondition.check(policy.version)
            guard let (changed, event) = policy.changed(by: input.change, at: now) else { return policy }
            try changed.check()
            try await work.policies.save(changed)
            revise.record(event, of: policy.tenant, in: work)
            return changed
        }
    }
}
