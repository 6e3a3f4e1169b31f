public import TenonKit
public import TenonPolicy

/// What decides at a tenant: the built-in roles, those that it has made, and its active policies, compiled together.
public final class TenantPolicy: Sendable {
    /// Where a rule stands.
    public enum Source: Sendable, Hashable {
        case builtIn
        case role(Role)
        case policy(PolicyID)
    }

    /// Why roles and policies cannot stand together.
    public enum Fault: Error, Sendable {
        case syntax(Source, PolicySyntaxError)
        /// Roles that have each other, in the order of the circle.
        case roleCycle([String])
        /// A role that inherits over more steps than are followed.
        case tooDeep(String)
        /// Rules that take more bytes of memory than `maxBytes`.
        case tooLarge(Int)

        /// For whoever wrote it.
        public func violation(at pointer: String) -> Violation {
            switch self {
            case .syntax(_, let error): error.violation(at: pointer)
            case .roleCycle(let names):
                Violation(
                    pointer: pointer, code: "role_cycle",
                    detail: "These would have each other as roles: \(names.joined(separator: ", ")).")
            case .tooDeep(let name):
                Violation(
                    pointer: pointer, code: "role_too_deep",
                    detail: "\(name) would inherit roles over more than \(RoleGraph.maxDepth) steps.")
            case .tooLarge(let bytes):
                Violation(
                    pointer: pointer, code: "rules_too_large",
                    detail: """
                        The rules in force of a tenant take at most \(TenantPolicy.maxBytes) bytes compiled, and would take \
                        \(bytes). Write fewer rules or shorter conditions.
                        """)
            }
        }
    }

    /// The most rules that roles and policies of a tenant come to: they are compiled within some 50 milliseconds.
    public static let maxRules = 10_000
    /// The most memory that they take, compiled.
    public static let maxBytes = 16 << 20

    /// Of a tenant that has made nothing of its own.
    public static let builtIn: TenantPolicy = {
        do {
            return try TenantPolicy(roles: [], policies: [])
        } catch {
            preconditionFailure("The standard policy is refused: \(error)")
        }
    }()

    /// About what it takes in memory.
    public var bytes: Int { 1_024 + 64 * sources.count + engine.bytes }

    private let engine: PolicyEngine
    private let sources: [Source]
    /// Whether anything is decided by more than who asks for which permission.
    private let hasConditions: Bool

    /// Policies that are not enforced are left aside. What `wereTried`, when it was written, is not tried again: see
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
        // What is stored was tried when it was written, under the bounds of then.
        guard !wereTried else { return }
        guard engine.bytes <= Self.maxBytes else { throw .tooLarge(engine.bytes) }
        try tryConditions(documents)
    }

    /// Refuses what the model would take and nobody can mean: subjects without a kind, permissions and effects that do
    /// not exist.
    private static func check(_ rules: PolicyRules) throws(PolicySyntaxError) {
        let objects = Set(Permission.all.map(\.object))
        for rule in rules.rules where rule.type == "g" && rule.fields.count >= 2 || rule.fields.count == 5 {
            func require(_ field: Int, _ reason: String, _ isGood: (String) -> Bool) throws(PolicySyntaxError) {
                guard !isGood(rule.fields[field]) else { return }
                throw PolicySyntaxError(
                    .invalidRule, reason, at: rules.place(of: rule, field: field))
            }
            try require(0, "a subject is user:…, key:… or role:…") { text in
                ["user:", "key:", "role:"].contains { text.utf8.starts(with: $0.utf8) }
            }
            if rule.type == "g" {
                try require(1, "what a subject has is role:…, and no role of the platform's") {
                    $0.utf8.starts(with: "role:".utf8) && $0 != "role:\(Role.platformAdministrator.name)"
                }
                continue
            }
            try require(1, "an object is one of \(objects.sorted().joined(separator: ", ")), or *") {
                $0 == "*" || objects.contains($0)
            }
            try require(2, "an act is read, write or *") { act in
                act == "*" || Permission.all.contains { $0.act == act && [$0.object, "*"].contains(rule.fields[1]) }
            }
            try require(3, "an effect is allow or deny") { $0 == "allow" || $0 == "deny" }
        }
    }

    /// A condition that cannot be decided would deny everything that it is asked for: it is found out here, on a request
    /// that has all there is.
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

    /// Whether the subject may at all, on some resource under some circumstances.
    public func allows(_ permission: Permission, for subject: PolicySubject, at now: Timestamp) -> Bool {
        engine.decide(request(permission, subject, nil, nil), context: "2", at: now).isAllowed
    }

    /// Whether the subject may at all at some time, by roles that it has for a time too.
    func everAllows(_ permission: Permission, for subject: PolicySubject) -> Bool {
        engine.decide(request(permission, subject, nil, nil), context: "2", .possible).isAllowed
    }

    /// Whether the subject may on every resource under all circumstances, at all times.
    func grants(_ permission: Permission, to subject: PolicySubject) -> Bool {
        engine.decide(request(permission, subject, nil, nil), context: "3", .certain).isAllowed
    }

    /// Whether the subject may on this resource, now. The resource and the circumstances are made only where conditions
    /// look at them. Fails as `PolicyEngine.decide` does.
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

    /// Decides as `permits` does, and tells of every rule that matches. Fails as `PolicyEngine.explain` does.
    public func explain(
        _ permission: Permission, for subject: PolicySubject, on resource: PolicyResource,
        _ circumstances: PolicyCircumstances, charging budget: RequestBudget = .unlimited
    ) throws(Failure) -> PolicyExplanation {
        try budget.charge { budget throws(KitError) in
            try engine.explain(
                request(permission, subject, resource, circumstances), at: circumstances.time, charging: budget)
        }
    }

    /// Everything that `allows` answers true to, but for what only administrators of the platform may have.
    public func permissions(of subject: PolicySubject, at now: Timestamp) -> Set<Permission> {
        Set(Permission.all.filter { !$0.isOfPlatform && allows($0, for: subject, at: now) })
    }

    /// The rules of the subject and its roles.
    public func rules(of subject: PolicySubject, at now: Timestamp) -> [PolicyMatch] {
        engine.permissions(of: subject.json, at: now)
    }

    /// Where the rule stands.
    public func source(of match: PolicyMatch) -> Source { sources[match.document] }
}
