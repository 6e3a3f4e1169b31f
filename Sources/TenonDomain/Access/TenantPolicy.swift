public import TenonKit
public import TenonPolicy

/// The rules of a tenant: the built-in roles, its own roles and its active policies, compiled together.
public final class TenantPolicy: Sendable {
    /// The source of a rule.
    public enum Source: Sendable, Hashable {
        case builtIn
        case role(Role)
        case policy(PolicyID)
    }

    /// Why roles and policies are not valid together.
    public enum Fault: Error, Sendable {
        case syntax(Source, PolicySyntaxError)
        /// Roles that inherit each other, in the order of the cycle.
        case roleCycle([String])
        /// A role that inherits over too many steps.
        case tooDeep(String)
        /// Rules that take more memory than `maxBytes`.
        case tooLarge(Int)

        /// The error for the author.
        public func violation(at pointer: String) -> Violation {
            switch self {
            case .syntax(_, let error): error.violation(at: pointer)
            case .roleCycle(let names):
                Violation(
                    pointer: pointer, code: "role_cycle",
                    detail: "Roles must not inherit each other in a cycle: \(names.joined(separator: ", ")).")
            case .tooDeep(let name):
                Violation(
                    pointer: pointer, code: "role_too_deep",
                    detail: "\(name) must inherit roles over at most \(RoleGraph.maxDepth) steps.")
            case .tooLarge(let bytes):
                Violation(
                    pointer: pointer, code: "rules_too_large",
                    detail: """
                        The active rules of a tenant must take at most \(TenantPolicy.maxBytes) bytes compiled, got \
                        \(bytes). Write fewer rules or shorter conditions.
                        """)
            }
        }
    }

    /// The maximum number of active rules of a tenant. They compile within about 50 milliseconds.
    public static let maxRules = 10_000
    /// The maximum memory of the compiled rules.
    public static let maxBytes = 16 << 20

    /// For a tenant without its own roles and policies.
    public static let builtIn: TenantPolicy = {
        do {
            return try TenantPolicy(roles: [], policies: [])
        } catch {
            preconditionFailure("The standard policy is refused: \(error)")
        }
    }()

    /// Approximate memory.
    public var bytes: Int { 1_024 + 64 * sources.count + engine.bytes }

    private let engine: PolicyEngine
    private let sources: [Source]
    /// Whether a rule has a condition beyond subject and permission.
    private let hasConditions: Bool

    /// Ignores policies that are not enforced. `wereTried` skips checks that were made when they were written: see
    /// `PolicyEngine`.
    public init(roles: [TenantRole], policies: [Policy], wereTried: Bool = false) throws(Fault) {
        var sources: [Source] = [.builtIn]
        var documents = [StandardPolicy.rules]
        var hasConditions = false
        var count = 0
        func add(_ source: Source, _ text: String) throws(Fault) {
            do throws(PolicySyntaxError) {
                let rules = try StandardPolicy.rules(text, limit: Self.maxRules - count)
                count += rules.rules.count
                if case .policy = source { try Self.check(rules) }
                hasConditions = hasConditions || rules.rules.contains { $0.fields.count == 5 && $0.fields[4] != "true" }
                sources.append(source)
                documents.append(rules)
            } catch {
                throw .syntax(source, error)
            }
        }
        for role in roles { try add(.role(role.role), role.rules) }
        for policy in policies where policy.isEnforced { try add(.policy(policy.id), policy.rules.text) }
        do throws(PolicyDocumentError) {
            engine = try PolicyEngine(
                model: StandardPolicy.model, documents: documents, wereTried: wereTried,
                steps: PolicyEngine.stepsOfRequest)
        } catch {
            throw .syntax(sources[error.document], error.error)
        }
        self.sources = sources
        self.hasConditions = hasConditions
        if let circle = engine.roleCycle { throw .roleCycle(circle) }
        if let name = engine.deepRole { throw .tooDeep(name) }
        // Stored rules were checked when they were written, with the limits of that time.
        guard !wereTried else { return }
        guard engine.bytes <= Self.maxBytes else { throw .tooLarge(engine.bytes) }
        try tryConditions(documents)
    }

    /// Refuses rules that the model accepts but that cannot be intended: subjects without a kind, unknown permissions
    /// and effects.
    private static func check(_ rules: PolicyRules) throws(PolicySyntaxError) {
        let objects = Set(Permission.all.map(\.object))
        for rule in rules.rules where rule.type == "g" && rule.fields.count >= 2 || rule.fields.count == 5 {
            func require(_ field: Int, _ reason: String, _ isGood: (String) -> Bool) throws(PolicySyntaxError) {
                guard !isGood(rule.fields[field]) else { return }
                throw PolicySyntaxError(
                    .invalidRule, reason, at: rules.place(of: rule, field: field))
            }
            try require(0, "a subject must be user:…, key:… or role:…") { text in
                ["user:", "key:", "role:"].contains { text.utf8.starts(with: $0.utf8) }
            }
            if rule.type == "g" {
                try require(1, "a subject's role must be role:…, and not a platform role") {
                    $0.utf8.starts(with: "role:".utf8) && $0 != "role:\(Role.platformAdministrator.name)"
                }
                continue
            }
            try require(1, "an object must be one of \(objects.sorted().joined(separator: ", ")), or *") {
                $0 == "*" || objects.contains($0)
            }
            try require(2, "an act must be read, write or *") { act in
                act == "*" || Permission.all.contains { $0.act == act && [$0.object, "*"].contains(rule.fields[1]) }
            }
            try require(3, "an effect must be allow or deny") { $0 == "allow" || $0 == "deny" }
        }
    }

    /// A condition that cannot be evaluated would deny everything, so it is tried here on a request with all members.
    private func tryConditions(_ documents: [PolicyRules]) throws(Fault) {
        guard hasConditions else { return }
        let request = request(
            .configsRead, PolicySubject(role: .viewer), PolicyResource(described: JSONObject()),
            PolicyCircumstances(address: "192.0.2.1", userAgent: "", at: Timestamp(millisecondsSince1970: 0)))
        let now = Timestamp(millisecondsSince1970: 0)
        guard let (match, column, fault) = engine.conditionFault(for: request, at: now) else { return }
        let document = documents[match.document]
        let place =
            document.rules.first { $0.line == match.line }
            .map { document.place(of: $0, field: column) } ?? TextPlace(line: match.line, column: 1)
        throw .syntax(sources[match.document], PolicySyntaxError(.invalidExpression, fault, at: place))
    }

    private func request(
        _ permission: Permission, _ subject: PolicySubject, _ resource: PolicyResource?,
        _ circumstances: PolicyCircumstances?
    ) -> [JSONValue] {
        [
            subject.json, .string(permission.object), .string(permission.act), resource?.json ?? .null,
            circumstances?.json ?? .null,
        ]
    }

    /// Whether the subject may do it on some resource in some circumstances.
    public func allows(_ permission: Permission, for subject: PolicySubject, at now: Timestamp) -> Bool {
        engine.decide(request(permission, subject, nil, nil), context: "2", at: now).isAllowed
    }

    /// Whether the subject may do it at some time, including through roles of a limited period.
    func everAllows(_ permission: Permission, for subject: PolicySubject) -> Bool {
        engine.decide(request(permission, subject, nil, nil), context: "2", .possible).isAllowed
    }

    /// Whether the subject may do it on every resource in all circumstances, at all times.
    func grants(_ permission: Permission, to subject: PolicySubject) -> Bool {
        engine.decide(request(permission, subject, nil, nil), context: "3", .certain).isAllowed
    }

    /// Whether the subject may do it on this resource now. The resource and the circumstances are created only if a
    /// condition needs them. Fails like `PolicyEngine.decide`.
    func permits(
        _ permission: Permission, for subject: PolicySubject, on resource: @autoclosure () -> PolicyResource,
        _ circumstances: @autoclosure () -> PolicyCircumstances, at now: Timestamp, charging budget: RequestBudget
    ) throws(Failure) -> Bool {
        let request =
            hasConditions
            ? request(permission, subject, resource(), circumstances()) : request(permission, subject, nil, nil)
        return try budget.charge { budget throws(KitError) in
            try engine.decide(request, context: hasConditions ? "" : "2", at: now, charging: budget).isAllowed
        }
    }

    /// Decides like `permits`, and returns every matching rule. Fails like `PolicyEngine.explain`.
    public func explain(
        _ permission: Permission, for subject: PolicySubject, on resource: PolicyResource,
        _ circumstances: PolicyCircumstances, charging budget: RequestBudget = .unlimited
    ) throws(Failure) -> PolicyExplanation {
        try budget.charge { budget throws(KitError) in
            try engine.explain(
                request(permission, subject, resource, circumstances), at: circumstances.time, charging: budget)
        }
    }

    /// All permissions for which `allows` is true, except those of platform administrators.
    public func permissions(of subject: PolicySubject, at now: Timestamp) -> Set<Permission> {
        Set(Permission.all.filter { !$0.isOfPlatform && allows($0, for: subject, at: now) })
    }

    /// The rules of the subject and its roles.
    public func rules(of subject: PolicySubject, at now: Timestamp) -> [PolicyMatch] {
        engine.permissions(of: subject.json, at: now)
    }

    /// The source of the rule.
    public func source(of match: PolicyMatch) -> Source { sources[match.document] }
}
