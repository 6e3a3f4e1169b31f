public import TenonDomain
public import TenonKit
public import TenonPolicy

/// Evaluates a hypothetical decision, and returns the rules behind it.
public struct ExplainAccess: Sendable {
    public static let permission = Permission.policiesRead

    /// The question.
    public enum Question: Sendable {
        /// Whether Tenon allows the subject an action on a resource of this kind, in these circumstances.
        case permission(
            Permission, of: SubjectName, on: PolicyResource, address: String?, userAgent: String?, at: Timestamp?)
        /// The decision of a policy with its own model on the values; `context` is the number of its definitions.
        case values([JSONValue], policy: PolicyID, context: String)
    }

    public struct Output: Sendable {
        public let isAllowed: Bool
        /// The rule that decided; nil if none did, if rules do not matter, or if the caller may not read it.
        public let decidedBy: Rule?
        /// Every matching rule that the caller may read, in evaluation order.
        public let matching: [Rule]
        /// The reason, as a sentence.
        public let reason: String

        public init(isAllowed: Bool, decidedBy: Rule?, matching: [Rule], reason: String) {
            self.isAllowed = isAllowed
            self.decidedBy = decidedBy
            self.matching = matching
            self.reason = reason
        }
    }

    /// A rule and its source.
    public struct Rule: Sendable {
        public let source: TenantPolicy.Source
        /// From 1, in the text of the source.
        public let line: Int
        /// As written in a policy.
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

    /// Fails with `userNotFound`, `apiKeyNotFound` or `policyNotFound`, as invalid for values of a policy without a
    /// model, and like `PolicyEngine.explain`.
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
                    "no_model", "The policy has no model of its own: send a subject and a permission.",
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
    /// Adds the model's unusable definitions to the reason.
    fileprivate func warning(of faults: [String: PolicySyntaxError]) -> Self {
        let warnings = faults.sorted { $0.key < $1.key }
            .map { " m\($0.key) of the model cannot be used. \($0.value.detail)" }
        return Self(
            isAllowed: isAllowed, decidedBy: decidedBy, matching: matching, reason: reason + warnings.joined())
    }

    fileprivate func shown(to sight: RuleSight) -> Self {
        Self(
            isAllowed: isAllowed, decidedBy: decidedBy.flatMap { sight.shows($0) ? $0 : nil },
            matching: matching.filter(sight.shows), reason: reason)
    }

    /// A verdict overrides the decision of the rules.
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
                    ? "No rule matches, and the model allows by default." : "No rule matches, so it is denied."
            } else {
                decision.isAllowed ? "No matching rule denies it." : "No matching rule allows it."
            }
        self.init(
            isAllowed: verdict?.isAllowed ?? decision.isAllowed,
            decidedBy: verdict == nil ? decision.rule.map { ExplainAccess.Rule($0, in: source($0)) } : nil,
            matching: explanation.matching.map { ExplainAccess.Rule($0, in: source($0)) }, reason: reason)
    }
}
