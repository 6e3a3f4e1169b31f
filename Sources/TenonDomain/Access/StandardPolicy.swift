internal import TenonKit
internal import TenonPolicy

/// The model of Tenon's own decisions, and the built-in roles in its language.
///
/// A request has a subject, an object (`configs`) and an act (`read`) as in a permission, the resource, and the
/// circumstances of the request. A rule has its subject, object and act (`*` is any), an effect (allow or deny), and a
/// condition. What no rule allows is denied, and one rule that denies is enough.
enum StandardPolicy {
    /// `m` decides on a resource. `m2` tells whether the subject may at all: a rule that allows counts regardless of
    /// its condition, one that denies only without a condition. `m3` tells whether it may on everything and always: a
    /// rule that denies counts regardless of its condition, one that allows only without a condition.
    static let modelText = """
        [request_definition]
        r = sub, obj, act, res, req

        [policy_definition]
        p = sub, obj, act, eft, cond

        [role_definition]
        g = _, _, (_, _)

        [policy_effect]
        e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

        [matchers]
        m = g(r.sub.names, p.sub) && p.obj in (r.obj, "*") && p.act in (r.act, "*") && eval(p.cond)
        m2 = g(r.sub.names, p.sub) && p.obj in (r.obj, "*") && p.act in (r.act, "*") && \\
             (p.eft == "allow" || p.cond == "true")
        m3 = g(r.sub.names, p.sub) && p.obj in (r.obj, "*") && p.act in (r.act, "*") && \\
             (p.eft == "deny" || p.cond == "true")
        """

    /// An owner and an admin may do everything at their tenant. An API key may do what its scopes name, minus what
    /// rules deny to its kind.
    static let rulesText = """
        p, role:owner, *, *, allow
        p, role:admin, *, *, allow

        p, role:viewer, namespaces, read, allow
        p, role:viewer, configs, read, allow
        p, role:viewer, tenants, read, allow
        p, role:viewer, quotas, read, allow

        g, role:member, role:viewer
        p, role:member, configs, write, allow
        p, role:member, secrets, read, allow

        p, kind:api_key, *, *, allow

        p, role:platform_administrator, tenants, *, allow
        p, role:platform_administrator, quotas, *, allow
        p, role:platform_administrator, audit, read, allow
        p, role:platform_administrator, users, *, allow
        """

    static let model = read { () throws(PolicySyntaxError) in try PolicyModel(modelText) }
    static let rules = read { () throws(PolicySyntaxError) in try rules(rulesText) }

    /// The rules of a text; conditions are optional.
    static func rules(_ text: String, limit: Int = PolicyRules.maxRules) throws(PolicySyntaxError) -> PolicyRules {
        try PolicyRules(text, limit: limit).filled("p", to: 5, with: "true")
    }

    /// These texts are part of the code: every test finds an error in them.
    private static func read<Value>(_ body: () throws(PolicySyntaxError) -> Value) -> Value {
        do {
            return try body()
        } catch {
            preconditionFailure("The standard policy is refused: \(error.detail)")
        }
    }

    /// The permissions of each built-in role, including platform administrators.
    static let permissions: [Role: Set<Permission>] = {
        var found: [Role: Set<Permission>] = [:]
        // None of these rules has a period.
        let anytime = Timestamp(millisecondsSince1970: 0)
        for role in Role.builtIn {
            found[role] = TenantPolicy.builtIn.permissions(of: PolicySubject(role: role), at: anytime)
        }
        let administrator = PolicySubject(role: .platformAdministrator)
        found[.platformAdministrator] = Set(
            Permission.all.filter { TenantPolicy.builtIn.allows($0, for: administrator, at: anytime) })
        return found
    }()
}

extension Role {
    /// Whether tenants cannot create a role with this name.
    public var isReserved: Bool { StandardPolicy.permissions[self] != nil }

    /// All permissions of a built-in role; none for any other role.
    public var builtInPermissions: Set<Permission> { StandardPolicy.permissions[self] ?? [] }
}

extension Permission {
    /// Whether only platform administrators can have it, regardless of a tenant's rules.
    package var isOfPlatform: Bool { self == .quotasWrite }

    /// The two parts of the name: `configs` and `read`.
    var object: String { String(name.prefix { $0 != ":" }) }
    var act: String { String(name.drop { $0 != ":" }.dropFirst()) }
}
