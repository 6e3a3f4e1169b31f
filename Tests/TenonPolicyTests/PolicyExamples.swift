import TenonKit
import TenonPolicy
import Testing

/// A model, a policy and what is asked of them.
struct PolicyExample: Sendable, CustomTestStringConvertible {
    let name: String
    let model: String
    let policy: String
    /// Values as a line of `tenon policy eval` has them, and whether they are allowed.
    let requests: [(line: String, isAllowed: Bool)]

    var testDescription: String { name }

    init(_ name: String, _ model: String, _ policy: String, _ requests: [(String, Bool)]) {
        self.name = name
        self.model = model
        self.policy = policy
        self.requests = requests.map { (line: $0.0, isAllowed: $0.1) }
    }

    static let allow = "some(where (p.eft == allow))"
    static let noDeny = "!some(where (p.eft == deny))"

    /// A model of the usual sections.
    static func model(
        _ matcher: String, request: String = "sub, obj, act", policy: String = "sub, obj, act", roles: [String] = [],
        effect: String = allow
    ) -> String {
        let roles = roles.isEmpty ? "" : "[role_definition]\n" + roles.joined(separator: "\n")
        return """
            [request_definition]
            r = \(request)
            [policy_definition]
            p = \(policy)
            \(roles)
            [policy_effect]
            e = \(effect)
            [matchers]
            m = \(matcher)
            """
    }

    /// The shapes of models that Casbin's own documentation shows, with policies and questions of our own.
    static let wellKnown: [PolicyExample] = [
        PolicyExample(
            "basic", model("r.sub == p.sub && r.obj == p.obj && r.act == p.act"),
            """
            p, ada, ledger, read
            p, bo, archive, write
            """,
            [
                ("ada, ledger, read", true), ("ada, ledger, write", false), ("bo, archive, write", true),
                ("bo, ledger, read", false),
            ]),
        PolicyExample(
            "basic with a superuser",
            model("r.sub == p.sub && r.obj == p.obj && r.act == p.act || r.sub == \"root\""),
            "p, ada, ledger, read",
            [("root, anything, at-all", true), ("ada, ledger, read", true), ("bo, ledger, read", false)]),
        PolicyExample(
            "basic without users",
            model("r.obj == p.obj && r.act == p.act", request: "obj, act", policy: "obj, act"),
            "p, ledger, read", [("ledger, read", true), ("ledger, write", false)]),
        PolicyExample(
            "basic without resources",
            model("r.sub == p.sub && r.act == p.act", request: "sub, act", policy: "sub, act"),
            "p, ada, read", [("ada, read", true), ("bo, read", false)]),
        PolicyExample(
            "roles", model("g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", roles: ["g = _, _"]),
            """
            p, ada, ledger, read
            p, keeper, archive, read
            p, keeper, archive, write
            g, bo, keeper
            g, keeper, reader
            p, reader, notes, read
            """,
            [
                ("ada, ledger, read", true), ("ada, archive, read", false), ("bo, archive, write", true),
                ("bo, notes, read", true), ("keeper, notes, read", true), ("reader, archive, read", false),
            ]),
        PolicyExample(
            "roles of resources",
            model("g(r.sub, p.sub) && g2(r.obj, p.obj) && r.act == p.act", roles: ["g = _, _", "g2 = _, _"]),
            """
            p, keeper, shelf, write
            p, ada, ledger, read
            g, bo, keeper
            g2, ledger, shelf
            g2, archive, shelf
            """,
            [
                ("bo, ledger, write", true), ("bo, archive, write", true), ("bo, notes, write", false),
                ("ada, ledger, read", true), ("ada, archive, read", false),
            ]),
        PolicyExample(
            "domains",
            model(
                "g(r.sub, p.sub, r.dom) && r.dom == p.dom && r.obj == p.obj && r.act == p.act",
                request: "sub, dom, obj, act", policy: "sub, dom, obj, act", roles: ["g = _, _, _"]),
            """
            p, admin, east, ledger, write
            p, admin, west, archive, write
            g, ada, admin, east
            g, bo, admin, west
            """,
            [
                ("ada, east, ledger, write", true), ("ada, west, archive, write", false),
                ("bo, west, archive, write", true), ("bo, east, ledger, write", false),
            ]),
        PolicyExample(
            "allow and deny",
            model(
                "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", policy: "sub, obj, act, eft",
                roles: ["g = _, _"], effect: "\(allow) && \(noDeny)"),
            """
            p, keeper, archive, write, allow
            p, bo, archive, write, deny
            g, ada, keeper
            g, bo, keeper
            """,
            [("ada, archive, write", true), ("bo, archive, write", false), ("ada, ledger, write", false)]),
        PolicyExample(
            "deny overrides",
            model(
                "r.sub == p.sub && r.obj == p.obj && r.act == p.act", policy: "sub, obj, act, eft",
                effect: noDeny),
            "p, bo, archive, write, deny",
            [("bo, archive, write", false), ("bo, archive, read", true), ("anybody, anything, write", true)]),
        PolicyExample(
            "keyMatch", model("r.sub == p.sub && keyMatch(r.obj, p.obj) && regexMatch(r.act, p.act)"),
            """
            p, ada, /ada/*, GET
            p, bo, /bo/notes, (GET)|(POST)
            """,
            [
                ("ada, /ada/ledger, GET", true), ("ada, /ada/ledger, POST", false), ("bo, /bo/notes, POST", true),
                ("bo, /bo/notes/1, POST", false), ("ada, /ada, GET", false), ("ada, /ada/, GET", true),
            ]),
        PolicyExample(
            "keyMatch2", model("r.sub == p.sub && keyMatch2(r.obj, p.obj) && regexMatch(r.act, p.act)"),
            """
            p, ada, /shelf/:book, GET
            p, bo, /shelf/:book/page/:number, GET
            p, cy, /all/*, GET
            """,
            [
                ("ada, /shelf/moby, GET", true), ("ada, /shelf/moby/page/3, GET", false),
                ("bo, /shelf/moby/page/3, GET", true), ("cy, /all/a/b/c, GET", true), ("cy, /all, GET", false),
            ]),
        PolicyExample(
            "keyMatch3 and keyMatch4",
            model(
                "r.sub == p.sub && (keyMatch3(r.obj, p.obj) && r.act == \"any\" || keyMatch4(r.obj, p.obj) && r.act == \"same\")"
            ),
            "p, ada, /parent/{id}/child/{id}, any",
            [
                ("ada, /parent/1/child/2, any", true), ("ada, /parent/1/child/2, same", false),
                ("ada, /parent/1/child/1, same", true), ("ada, /parent/1/child/, any", false),
            ]),
        PolicyExample(
            "keyMatch5", model("r.sub == p.sub && keyMatch5(r.obj, p.obj)"), "p, ada, /shelf/{book}, GET",
            [("ada, /shelf/moby?page=3, GET", true), ("ada, /shelf/moby/3, GET", false)]),
        PolicyExample(
            "ipMatch", model("ipMatch(r.sub, p.sub) && r.obj == p.obj && r.act == p.act"),
            """
            p, 192.168.2.0/24, ledger, read
            p, 10.0.0.7/16, archive, write
            p, 2001:db8::/32, notes, read
            """,
            [
                ("192.168.2.77, ledger, read", true), ("192.168.3.77, ledger, read", false),
                ("10.0.255.1, archive, write", true), ("2001:db8::1, notes, read", true),
                ("2001:db9::1, notes, read", false),
            ]),
        PolicyExample(
            "globMatch", model("r.sub == p.sub && globMatch(r.obj, p.obj)"),
            """
            p, ada, /shelf/*, read
            p, bo, /shelf/**, read
            p, cy, "/{a,b}/[0-9]", read
            """,
            [
                ("ada, /shelf/moby, read", true), ("ada, /shelf/moby/3, read", false),
                ("bo, /shelf/moby/3, read", true), ("cy, /a/7, read", true), ("cy, /c/7, read", false),
                ("cy, /b/x, read", false),
            ]),
        PolicyExample(
            "explicit priorities",
            model(
                "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", policy: "priority, sub, obj, act, eft",
                roles: ["g = _, _"], effect: "priority(p.eft) || deny"),
            """
            p, 10, keeper, archive, write, deny
            p, 1, ada, archive, write, allow
            p, 10, keeper, archive, read, allow
            g, ada, keeper
            g, bo, keeper
            """,
            [
                ("ada, archive, write", true), ("bo, archive, write", false), ("bo, archive, read", true),
                ("bo, ledger, read", false),
            ]),
        PolicyExample(
            "priorities by order",
            model(
                "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", policy: "sub, obj, act, eft",
                roles: ["g = _, _"], effect: "priority(p.eft) || deny"),
            """
            p, ada, ledger, read, allow
            p, keeper, ledger, read, deny
            p, keeper, archive, read, maybe
            p, keeper, archive, read, allow
            g, ada, keeper
            g, bo, keeper
            """,
            [("ada, ledger, read", true), ("bo, ledger, read", false), ("bo, archive, read", true)]),
        PolicyExample(
            "priorities by subject",
            model(
                "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", policy: "sub, obj, act, eft",
                roles: ["g = _, _"], effect: "subjectPriority(p.eft) || deny"),
            """
            p, root, ledger, read, deny
            p, admin, ledger, read, deny
            p, editor, ledger, read, deny
            p, ada, ledger, read, allow
            g, admin, root
            g, editor, admin
            g, ada, editor
            """,
            [("ada, ledger, read", true), ("editor, ledger, read", false)]),
        PolicyExample(
            "attributes", model("r.sub == r.obj.Owner", policy: "sub, obj, act"), "",
            [(#"ada, "{""Owner"": ""ada""}", read"#, true), (#"bo, "{""Owner"": ""ada""}", read"#, false)]),
        PolicyExample(
            "conditions in rules",
            model("eval(p.sub_rule) && r.obj == p.obj && r.act == p.act", policy: "sub_rule, obj, act"),
            #"""
            p, r.sub.Age > 18, /ledger, read
            p, "r.sub.Age < 60 && r.sub.Role == ""clerk""", /archive, write
            """#,
            [
                (#""{""Age"": 20, ""Role"": ""clerk""}", /ledger, read"#, true),
                (#""{""Age"": 18, ""Role"": ""clerk""}", /ledger, read"#, false),
                (#""{""Age"": 59, ""Role"": ""clerk""}", /archive, write"#, true),
                (#""{""Age"": 59, ""Role"": ""guest""}", /archive, write"#, false),
            ]),
        PolicyExample(
            "in",
            model(
                "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act || r.obj in (\"notes\", \"drafts\")",
                roles: ["g = _, _"]),
            "p, ada, ledger, read",
            [("bo, drafts, write", true), ("bo, ledger, read", false), ("ada, ledger, read", true)]),
        PolicyExample(
            "wildcards in rules",
            model(
                "g(r.sub, p.sub) && (r.obj == p.obj || p.obj == \"*\") && (r.act == p.act || p.act == \"*\")",
                roles: ["g = _, _"]),
            """
            p, admin, *, *
            p, reader, *, read
            p, ada, ledger, *
            g, bo, admin
            g, cy, reader
            """,
            [
                ("bo, archive, burn", true), ("cy, archive, read", true), ("cy, archive, write", false),
                ("ada, ledger, burn", true), ("ada, archive, read", false),
            ]),
        PolicyExample(
            "roles for a time",
            model("g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", roles: ["g = _, _, (_, _)"]), Self.timedRules,
            [
                ("ada, ledger, read", false), ("ada, archive, read", true), ("ada, notes, read", true),
                ("bo, ledger, read", true), ("bo, archive, read", false), ("bo, notes, read", true),
                ("cy, notes, read", false), ("keeper, ledger, read", true),
            ]),
        PolicyExample(
            "roles for a time in domains",
            model(
                "g(r.sub, p.sub, r.dom) && r.dom == p.dom && r.obj == p.obj", request: "sub, dom, obj",
                policy: "sub, dom, obj", roles: ["g = _, _, _, (_, _)"]),
            """
            p, admin, east, ledger
            p, admin, west, ledger
            g, ada, admin, east, 2001-01-01 00:00:00, 2999-12-30 00:00:00
            g, ada, admin, west, 2001-01-01 00:00:00, 2001-01-02 00:00:00
            g, bo, admin, west, _, _
            """,
            [
                ("ada, east, ledger", true), ("ada, west, ledger", false), ("bo, west, ledger", true),
                ("bo, east, ledger", false),
            ]),
    ]

    private static let timedRules = """
        p, keeper, ledger, read
        p, clerk, archive, read
        p, reader, notes, read
        g, ada, keeper, 2001-01-01 00:00:00, 2001-01-02 00:00:00
        g, ada, clerk, 2001-01-01 00:00:00, 2999-12-30 00:00:00
        g, ada, reader, _, _
        g, bo, keeper, _, 2999-12-30 00:00:00
        g, bo, clerk, _, 2001-01-02 00:00:00
        g, bo, reader, 2001-01-01 00:00:00, _
        g, cy, reader, 2999-12-30 00:00:00, _
        """
}

/// The time of these is one moment, where nothing else is said.
extension PolicyEngine {
    static let anytime = Timestamp(millisecondsSince1970: 1_767_225_600_000)

    func decide(_ request: [JSONValue], context: String = "") -> PolicyDecision {
        decide(request, context: context, at: Self.anytime)
    }

    func explain(_ request: [JSONValue], context: String = "") throws(KitError) -> PolicyExplanation {
        try explain(request, context: context, at: Self.anytime)
    }

    func permissions(of subject: JSONValue, in domain: String? = nil) -> [PolicyMatch] {
        permissions(of: subject, in: domain, at: Self.anytime)
    }

    /// Decides the values of a line of requests: one in quotes that is a JSON object is that.
    func decide(line: String, context: String = "") throws -> PolicyDecision {
        decide(try PolicyRequestLine.values(line, number: 1) ?? [], context: context)
    }
}
