public import TenonDomain

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
        /// The rule that decided; nil where none did.
        public let decidedBy: Rule?
        /// Every rule that matches, in the order in which they are asked.
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

    private let transactions: any Transactions
    private let authorizer: any Authorizer
    private let clock: any WallClock

    public init(transactions: any Transactions, authorizer: any Authorizer, clock: any WallClock) {
        self.transactions = transactions
        self.authorizer = authorizer
        self.clock = clock
    }

    /// Fails with `userNotFound` or `policyNotFound`, and as invalid for values of a policy without a model.
    public func execute(_ question: Question, as caller: Caller) async throws(Failure) -> Output {
        let tenant = try caller.requireTenant()
        try authorizer.require(Self.permission, on: TenantScope(tenant), as: caller)
        let stores = try transactions.reads(for: caller)
        switch question {
        case .permission(let permission, let name, let resource, let address, let userAgent, let time):
            let policy = try await caller.tenantPolicy(from: stores)
            let subject = try await name.subject(in: stores)
            let explanation = policy.explain(
                permission, for: subject, on: resource,
                PolicyCircumstances(
                    address: address ?? caller.origin.address, userAgent: userAgent ?? caller.origin.userAgent,
                    at: time ?? clock.now()))
            return Output(explanation, source: policy.source(of:))
        case .values(let values, let id, let context):
            let policy = try await stores.policies.require(id)
            guard let engine = try? policy.ownEngine() else {
                throw .invalid(
                    "no_model", "The policy has no model of its own: ask for a subject and a permission.",
                    at: "/policy_id")
            }
            return Output(engine.explain(values, context: context)) { _ in .policy(id) }
        }
    }
}

extension ExplainAccess.Output {
    fileprivate init(_ explanation: PolicyExplanation, source: (PolicyMatch) -> TenantPolicy.Source) {
        let decision = explanation.decision
        let reason =
            if let fault = decision.fault {
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
            isAllowed: decision.isAllowed, decidedBy: decision.rule.map { ExplainAccess.Rule($0, in: source($0)) },
            matching: explanation.matching.map { ExplainAccess.Rule($0, in: source($0)) }, reason: reason)
    }
}

/// Whom a question is about: `user:usr_…`, `key:key_…` or `role:admin`.
public enum SubjectName: Sendable, Hashable {
    case user(UserID)
    case key(APIKeyID)
    case role(Role)

    public init(_ text: String) throws(Violation) {
        let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
        if halves.count == 2, halves[0] == "user", let id = UserID(halves[1]) {
            self = .user(id)
        } else if halves.count == 2, halves[0] == "key", let id = APIKeyID(halves[1]) {
            self = .key(id)
        } else if halves.count == 2, halves[0] == "role", let role = try? Role(halves[1]) {
            self = .role(role)
        } else {
            throw Violation(
                code: "invalid_subject", detail: "A subject is user:usr_…, key:key_… or role: and the name of a role.")
        }
    }

    /// Fails with `userNotFound`.
    func subject(in stores: any Stores) async throws(Failure) -> PolicySubject {
        switch self {
        case .key(let id): return PolicySubject(key: id)
        case .role(let role): return PolicySubject(role: role)
        case .user(let id):
            guard let user = try await stores.users.user(id) else { throw Failure(.userNotFound, "No such user.") }
            return PolicySubject(user: id, roles: user.roles)
        }
    }
}

extension Caller {
    /// What decides at the tenant: what this request was let in by, and for callers that no request brought what is
    /// stored.
    func tenantPolicy(from stores: any Stores) async throws(Failure) -> TenantPolicy {
        if let access { return access.policy ?? .builtIn }
        return try await stores.access.tenantAccess()?.policy ?? .builtIn
    }
}
