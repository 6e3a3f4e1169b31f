public import TenonDomain

/// Lists a subject's permissions and the rules behind them.
public struct GetSubjectPermissions: Sendable {
    public static let permission = Permission.policiesRead

    public struct Output: Sendable {
        public let subject: PolicySubject
        /// The permissions that it has on some resource in some circumstances.
        public let permissions: Set<Permission>
        /// The rules of the subject and its roles, allowing or denying, except those of roles and policies that the
        /// caller may not read.
        public let rules: [ExplainAccess.Rule]
    }

    let stores: Reads<any HasAccess & HasUsers & HasAPIKeys & HasPolicies>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Fails with `userNotFound` or `apiKeyNotFound`.
    public func execute(_ name: SubjectName, as caller: Caller) async throws(Failure) -> Output {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        let stores = try stores.for(caller)
        let policy = try await caller.tenantPolicy(from: stores)
        let now = clock.now()
        let asked = try await name.asked(in: stores, at: now)
        let sight = try await RuleSight(of: caller, by: authorizer, from: stores)
        let subject = asked.subject
        return Output(
            subject: subject,
            permissions: Set(
                Permission.all.filter { asked.verdict(on: $0)?.isAllowed ?? policy.allows($0, for: subject, at: now) }),
            rules: policy.rules(of: subject, at: now).map { ExplainAccess.Rule($0, in: policy.source(of: $0)) }
                .filter(sight.shows))
    }
}
