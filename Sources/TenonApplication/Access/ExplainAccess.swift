public import TenonDomain
public import TenonKit
public import TenonPolicy

/// Decides what would be decided, and tells by which rules.
public struct ExplainAccess: Sendable {
    public static let permission = Permission.policiesRead

    /// What is asked.
    public enum Question: Sendable {
        /// Whether Tenon lets the subject do something on a resource of this kind, under these circumstances.
        case permission(
            Permission, of: SubjectName, on: PolicyResource, address: String?, userAgent: String?, at: Timestamp?)
        /// What a policy with a model of its own says of the values; `context` is the number of its definitions.
        case values([JSONValue], policy: PolicyID, context: String)
    }

    public struct Output: Sendable {
        public let isAllowed: Bool
        /// The rule that decided; nil where none did, where it is decided whatever the rules say, and where the caller
        /// may not read it.
        public let decidedBy: Rule?
        /// Every rule that matches and that the caller may read, in the order in which they are asked.
        public let matching: [Rule]
        /// Why, in a sentence.
        public let reason: String

        public init(isAllowed: Bool, decidedBy: Rule?, matching: [Rule], reason: String) {
            self.isAllowed = isAllowed
            self.decidedBy = decidedBy
            self.matching = matching
            self.reason = reason
        }
    }

    /// A rule and where it stands.
    public struct Rule: Sendable {
        public let source: TenantPolicy.Source
        /// From 1, in the text of the source.
        public let line: Int
        /// As it is written in a policy.
        public let text: String
        public let effect: RuleEffect

        public init(source: TenantPolicy.Source, line: Int, text: String, effect: RuleEffect) {
            self.source = source
            self.line = line
            self.text = text
            self.effect = effect
        }

        init(_ match: PolicyMatch, in source: TenantPolicy.Source) {
            self.init(source: source, line: match.line, text: match.text, effect: match.effect)
        }
    }

    let stores: Reads<any HasAccess & HasUsers & HasAPIKeys & HasPolicies>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Fails with `userNotFound`, `apiKeyNotFound` or `policyNotFound`, as invalid for values of a policy without a model,
    /// and as `PolicyEngine.explain` does.
    public func execute(_ question: Question, as caller: Caller) async throws(Failure) -> Output {
        let tenant = try caller.requireTenant()
        try authorizer.require(Self.permission, on: TenantScope(tenant), as: caller)
        let stores = try stores.for(caller)
        switch question {
        case .permission(let permission, let name, let resource, let address, let userAgent, let time):
            let policy = try await caller.tenantPolicy(from: stores)
            let time = time ?? clock.now()
            let asked = try await name.asked(in: stores, at: time)
            let explanation = try policy.explain(
                permission, for: asked.subject, on: resource,
                PolicyCircumstances(
                    address: address ?? caller.origin.address, userAgent: userAgent ?? caller.origin.userAgent,
                    at: time), charging: caller.budget)
            let output = Output(explanation, overruledBy: asked.verdict(on: permission), source: policy.source(of:))
            return output.shown(to: try await RuleSight(of: caller, by: authorizer, from: stores))
        case .values(let values, let id, let context):
            let policy = try await stores.policies.require(id)
            try authorizer.require(Self.permission, on: policy, as: caller)
            guard let engine = try? policy.ownEngine(wereTried: true) else {
                throw .invalid(
                    "no_model", "The policy has no model of its own: ask for a subject and a permission.",
                    at: "/policy_id")
            }
            let explanation = try caller.budget.charge { budget throws(KitError) in
                try engine.explain(values, context: context, at: clock.now(), charging: budget)
            }
            return Output(explanation) { _ in .policy(id) }.warning(of: engine.faults)
        }
    }
}

extension ExplainAccess.Output {
    /// The reason says what cannot be asked of the model.
    fileprivate func warning(of faults: [String: PolicySyntaxError]) -> Self {
        let warnings = faults.sorted { $0.key < $1.key }
            .map { " m\($0.key) of the model cannot be asked. \($0.value.detail)" }
        return Self(
            isAllowed: isAllowed, decidedBy: decidedBy, matching: matching, reason: reason + warnings.joined())
    }

    fileprivate func shown(to sight: RuleSight) -> Self {
        Self(
            isAllowed: isAllowed, decidedBy: decidedBy.flatMap { sight.shows($0) ? $0 : nil },
            matching: matching.filter(sight.shows), reason: reason)
    }

    /// A verdict stands in the place of what the rules decide.
    fileprivate init(
        _ explanation: PolicyExplanation, overruledBy verdict: AskedSubject.Verdict? = nil,
        source: (PolicyMatch) -> TenantPolicy.Source
    ) {
        let decision = explanation.decision
        let reason =
            if let verdict {
                verdict.reason
            } else if let fault = decision.fault {
                "Denied: \(fault)."
            } else if decision.rule != nil {
                decision.isAllowed ? "A rule allows it." : "A rule denies it."
            } else if explanation.matching.isEmpty {
                decision.isAllowed
                    ? "No rule matches, and the model allows by default." : "No rule matches, and so it is denied."
            } else {
                decision.isAllowed ? "No rule that matches denies it." : "No rule that matches allows it."
            }
        self.init(
            isAllowed: verdict?.isAllowed ?? decision.isAllowed,
            decidedBy: verdict == nil ? decision.rule.map { ExplainAccess.Rule($0, in: source($0)) } : nil,
            matching: explanation.matching.map { ExplainAccess.Rule($0, in: source($0)) }, reason: reason)
    }
}
