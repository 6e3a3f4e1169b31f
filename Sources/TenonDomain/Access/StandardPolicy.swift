internal import TenonKit
internal import TenonPolicy

/// The model that Tenon's own decisions are made by, and the built-in roles in its language.
///
/// A request is a subject, an object (`configs`) and an act (`read`) such as a permission has them, the resource, and
/// the circumstances of the request. A rule says whom it is for, which object and act it is about (`*` is any), whether it
/// allows or denies, and under which condition. What no rule allows is denied, and one rule that denies is enough.
enum StandardPolicy {
    /// `m` decides on a resource. `m2` tells whether the subject may at all: a rule that allows counts whatever its
    /// condition, one that denies only without any. `m3` tells whether it certainly may, on everything and always: there a
    /// rule that denies counts whatever its condition, and one that allows only without any.
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

    /// An owner and an admin may do everything at their tenant. An API key may do what its scopes say: what rules deny
    /// its kind is taken from that.
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

    /// The rules of a text, where a condition may be left out.
    static func rules(_ text: String, limit: Int = PolicyRules.maxRules) throws(PolicySyntaxError) -> PolicyRules {
        try PolicyRules(text, limit: limit).filled("p", to: 5, with: "true")
    }

    /// These texts are part of the code: a fault in them is found by every test.
    private static func read<Value>(_ body: () throws(PolicySyntaxError) -> Value) -> Value {
        do {
            return try body()
        } catch {
            preconditionFailure("The standard policy is refused: \(error.detail)")
        }
    }

    /// What each built-in role may do, platform administrators' among them.
    static let permissions: [Role: Set<Permission>] = {
        var found: [Role: Set<Permission>] = [:]
        // No rule of these is for a time.
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
    /// Whether tenants cannot make a role of this name.
    public var isReserved: Bool { StandardPolicy.permissions[self] != nil }

    /// What a built-in role may do all told; of any other role nothing.
    public var builtInPermissions: Set<Permission> { StandardPolicy.permissions[self] ?? [] }
}

extension Permission {
    /// Whether only administrators of the platform may have it, whatever a tenant's rules say.
    package var isOfPlatform: Bool { self == .quotasWrite }

    /// The name's halves: `configs` and `read`.
    var object: String { String(name.prefix { $0 != ":" }) }
    var act: String { String(name.drop { $0 != ":" }.dropFirst()) }
}
