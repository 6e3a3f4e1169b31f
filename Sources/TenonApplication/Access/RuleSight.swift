internal import TenonDomain

/// Which rules the caller is shown: none of a role or a policy that it may not read.
struct RuleSight: Sendable {
    private let hidden: Set<TenantPolicy.Source>

    init(of caller: Caller, by authorizer: any Authorizer, from stores: any Stores) async throws(Failure) {
        let check = PermissionCheck(.policiesRead, of: caller, by: authorizer)
        guard !check.isUnconditional else {
            hidden = []
            return
        }
        let roles = try await stores.policies.roles().filter { !check.passes($0) }
        let policies = try await stores.policies.policies().filter { !check.passes($0) }
        hidden = Set(roles.map { .role($0.role) } + policies.map { .policy($0.id) })
    }

    func shows(_ rule: ExplainAccess.Rule) -> Bool { !hidden.contains(rule.source) }
}
