internal import TenonDomain

/// The rules that the caller may see: none of a role or policy that it may not read.
struct RuleSight: Sendable {
    private let hidden: Set<TenantPolicy.Source>

    init(of caller: Caller, by authorizer: any Authorizer, from stores: any HasPolicies) async throws(Failure) {
        let check = PermissionCheck(.policiesRead, of: caller, by: authorizer)
        guard !check.isUnconditional else {
            hidden = []
            return
        }
        var hidden: Set<TenantPolicy.Source> = []
        for role in try await stores.policies.roles() where try !check.passes(role) { hidden.insert(.role(role.role)) }
        for policy in try await stores.policies.policies() where try !check.passes(policy) {
            hidden.insert(.policy(policy.id))
        }
        self.hidden = hidden
    }

    func shows(_ rule: ExplainAccess.Rule) -> Bool { !hidden.contains(rule.source) }
}
