public import TenonDomain

/// Creates a policy. One without a model of its own is in force from then on, unless it is disabled.
public struct CreatePolicy: JoinsTransaction {
    public static let permission = RevisePolicies.permission

    let revise: RevisePolicies
    let identifiers: Identifiers

    public func joining(_ transaction: OpenTransaction) -> Self {
        Self(revise: revise.joining(transaction), identifiers: identifiers)
    }

    /// Fails with `policyNameTaken` or `tooManyPolicies`, and as invalid, with line and column, if rules or model are
    /// invalid.
    public func execute(_ content: PolicyContent, as caller: Caller) async throws(Failure) -> Policy {
        let (policy, created) = Policy.create(
            id: identifiers.next(), of: try caller.requireTenant(), content, by: caller.subject,
            at: revise.clock.now())
        return try await revise.execute(.policy(policy.id), as: caller) { work throws(Failure) in
            try revise.require(on: policy, as: caller)
            try policy.check()
            guard try await work.policies.policies().count < Policy.maxCount else {
                throw Failure(
                    .tooManyPolicies, "A tenant can have at most \(Policy.maxCount) policies. Delete one first.")
            }
            try await work.policies.add(policy)
            revise.record(created, of: policy.tenant, in: work)
            return policy
        }
    }
}
