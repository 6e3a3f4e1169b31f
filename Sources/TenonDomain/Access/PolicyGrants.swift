internal import TenonKit
public import TenonPolicy

/// The rules of the built-in roles, of a tenant's roles and of its active policies, as grants to subjects.
public struct PolicyGrants: Sendable {
    /// The fields of rules and role assignments: `sub, obj, act, eft, cond` and `name, role, from, until`.
    private var rules: Set<[ExactText]> = []
    private var links: Set<[ExactText]> = []

    /// Fails like `TenantPolicy` for an invalid text.
    public init(roles: [TenantRole], policies: [Policy]) throws(PolicySyntaxError) {
        add(StandardPolicy.rules)
        for role in roles { add(try StandardPolicy.rules(role.rules)) }
        for policy in policies where policy.isEnforced { add(try StandardPolicy.rules(policy.rules.text)) }
    }

    private mutating func add(_ document: PolicyRules) {
        for rule in document.rules {
            let fields = rule.fields.map { ExactText(text: $0) }
            if rule.type == "g" { links.insert(Array(fields.prefix(4))) } else { rules.insert(fields) }
        }
    }

    /// The permissions that a subject can gain over the old grants: from allowing rules that are new or reach more
    /// subjects, and from denying rules that are gone or reach fewer. No subject gains more than this.
    public func additions(since old: PolicyGrants) -> Set<Permission> {
        let changed = rules("allow", beyond: old).union(old.rules("deny", beyond: self))
        let targets = Set(changed.map { Array($0[1...2]) })
        let any = ExactText(text: "*")
        return Set(
            Permission.all.filter { permission in
                let (object, act) = (ExactText(text: permission.object), ExactText(text: permission.act))
                return !permission.isOfPlatform
                    && targets.contains { [object, any].contains($0[0]) && [act, any].contains($0[1]) }
            })
    }

    /// The rules with this effect that are missing in the others, or that reach a subject here but not there.
    private func rules(_ effect: String, beyond others: PolicyGrants) -> Set<[ExactText]> {
        let reached = closure(of: links.subtracting(others.links).map { $0[1] })
        let haveLinksChanged = links != others.links
        return rules.filter { rule in
            rule[3].text == effect
                && (!others.rules.contains(rule) || reached.contains(rule[0])
                    || haveLinksChanged && Self.asksForRoles(rule[4].text))
        }
    }

    private func closure(of names: [ExactText]) -> Set<ExactText> {
        let roles = Dictionary(grouping: links) { $0[0] }
        var found = Set(names)
        var open = names
        while let name = open.popLast() {
            for link in roles[name] ?? [] where found.insert(link[1]).inserted { open.append(link[1]) }
        }
        return found
    }

    /// Whether a condition depends on roles; then it may hold for other subjects when roles change.
    private static func asksForRoles(_ condition: String) -> Bool {
        condition.filter { !$0.isWhitespace }.contains("g(")
    }
}
