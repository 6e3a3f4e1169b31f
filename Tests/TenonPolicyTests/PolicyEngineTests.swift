import TenonKit
import TenonPolicy
import Testing

struct PolicyEngineTests {
    @Test("The well-known models decide as Casbin does", arguments: PolicyExample.wellKnown)
    func wellKnown(example: PolicyExample) throws {
        let engine = try PolicyEngine(model: example.model, policy: example.policy)
        for (line, isAllowed) in example.requests {
            let decision = try engine.decide(line: line)
            #expect(decision.isAllowed == isAllowed, "\(line): \(decision.fault ?? "")")
        }
    }

    private static let roles = PolicyExample.model(
        "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", roles: ["g = _, _"])

    @Test("A model that allows what no rule denies allows everything where there are no rules at all")
    func denyOverrideAndNoRules() throws {
        let model = PolicyExample.model(
            "r.sub == p.sub && r.obj == p.obj && r.act == p.act", policy: "sub, obj, act, eft",
            effect: PolicyExample.noDeny)
        let decision = try PolicyEngine(model: model, policy: "").decide(line: "ada, ledger, read")
        #expect(decision.isAllowed)
        #expect(decision.rule == nil)
    }

    @Test("A condition that no rule has denies, in a model that allows what no rule denies too, as in Casbin")
    func conditionAndNoRules() throws {
        let model = PolicyExample.model(
            "eval(p.cond) && r.sub == p.sub", request: "sub", policy: "sub, cond, eft", effect: PolicyExample.noDeny)
        let decision = try PolicyEngine(model: model, policy: "").decide(line: "ada")
        #expect(!decision.isAllowed && decision.fault != nil)
    }

    @Test("A name is its own role, as in Casbin; a kind in front of it keeps a user from being named into one")
    func ownRole() throws {
        let engine = try PolicyEngine(
            model: Self.roles,
            policy: """
                p, admin, ledger, read
                p, role:admin, archive, read
                g, user:ada, role:admin
                """)
        #expect(try engine.decide(line: "admin, ledger, read").isAllowed)
        #expect(try !engine.decide(line: "user:admin, archive, read").isAllowed)
        #expect(try engine.decide(line: "user:ada, archive, read").isAllowed)
    }

    @Test("Roles are followed ten steps far and no further, and a circle of roles ends")
    func hierarchy() throws {
        let links = (0..<11).map { "g, r\($0), r\($0 + 1)" }.joined(separator: "\n")
        let engine = try PolicyEngine(
            model: Self.roles, policy: links + "\np, r10, ledger, read\np, r11, archive, read")
        #expect(try engine.decide(line: "r0, ledger, read").isAllowed)
        #expect(try !engine.decide(line: "r0, archive, read").isAllowed)
        #expect(engine.roleCycle == nil)

        let circle = try PolicyEngine(
            model: Self.roles, policy: "g, a, b\ng, b, c\ng, c, b\np, c, ledger, read")
        #expect(try circle.decide(line: "a, ledger, read").isAllowed)
        #expect(try !circle.decide(line: "a, archive, read").isAllowed)
        #expect(Set(try #require(circle.roleCycle)) == ["b", "c"])
    }

    @Test("Whatever goes wrong in a matcher denies, in a model that allows by default too")
    func faults() throws {
        let matchers = [
            "r.sub.Age > 18 && r.obj == p.obj", "r.sub > 3", "r.sub + 1 == 2", "ipMatch(r.sub, p.sub)",
            "regexMatch(r.sub, r.obj)", "1 / 0 == 1", "r.obj in r.act", "\"text\"", "keyMatch(1, p.obj)",
        ]
        for matcher in matchers {
            for effect in [PolicyExample.allow, PolicyExample.noDeny] {
                let engine = try PolicyEngine(
                    model: PolicyExample.model(matcher, policy: "sub, obj, act, eft", effect: effect),
                    policy: "p, ada, (, read, allow")
                let decision = try engine.decide(line: "ada, (, read")
                #expect(!decision.isAllowed, "\(matcher)")
                #expect(decision.fault != nil, "\(matcher)")
            }
        }
        let engine = try PolicyEngine(model: Self.roles, policy: "p, ada, ledger, read")
        #expect(engine.decide(["ada", "ledger"]).fault == "a request must have 3 values")
        #expect(engine.decide(["ada", "ledger", "read"], context: "2").fault != nil)
    }

    @Test("A rule beyond what the request wants cannot spoil the decision")
    func faultElsewhere() throws {
        let model = PolicyExample.model(
            "eval(p.cond) && r.sub == p.sub", request: "sub, attributes", policy: "sub, cond")
        let engine = try PolicyEngine(
            model: model, policy: "p, bo, r.attributes.Age > 3\np, ada, true")
        #expect(try engine.decide(line: #"ada, "{}""#).isAllowed)
        #expect(try !engine.decide(line: #"bo, "{}""#).isAllowed)
        // Nor where there are too many roles to look each up, so that every rule is looked at.
        let roles = PolicyExample.model(
            "eval(p.cond) && g(r.sub, p.sub)", request: "sub, attributes", policy: "sub, cond", roles: ["g = _, _"])
        let policy = "p, bo, r.attributes.Age > 3\np, ada, 1 == 1"
        for links in ["", "\ng, ada, a\ng, ada, b\ng, ada, c"] {
            let engine = try PolicyEngine(model: roles, policy: policy + links)
            #expect(try engine.decide(line: #"ada, "{}""#).isAllowed)
        }
    }

    @Test("An alternative that would go wrong is not asked where the one before it holds, as in Casbin")
    func faultInAlternative() throws {
        let engine = try PolicyEngine(
            model: PolicyExample.model(
                "r.sub == p.sub || r.obj.owner == p.obj", request: "sub, obj", policy: "sub, obj"),
            policy: "p, ada, x\np, bo, y")
        #expect(try engine.decide(line: "ada, ledger").isAllowed)
        // Here the first rule's first alternative does not hold, and the second goes wrong: the rule does not match.
        #expect(try engine.decide(line: "bo, ledger").isAllowed)
        #expect(try engine.decide(line: "cy, ledger").fault != nil)
        #expect(engine.decide(["bo", ["owner": "nobody"]]).isAllowed)
    }

    @Test("Numbers of attributes are compared exactly, texts by their bytes, and kinds are never mixed")
    func values() throws {
        func holds(_ matcher: String, _ attributes: JSONValue) throws -> Bool {
            let model = PolicyExample.model(matcher, request: "a", policy: "x")
            return try PolicyEngine(model: model, policy: "p, x").decide([attributes]).isAllowed
        }
        #expect(try holds("r.a.id == r.a.same", ["id": 9_007_199_254_740_993, "same": 9_007_199_254_740_993]))
        #expect(try !holds("r.a.id == r.a.other", ["id": 9_007_199_254_740_993, "other": 9_007_199_254_740_992]))
        #expect(try !holds("r.a.text == r.a.other", ["text": "\u{E9}", "other": "e\u{301}"]))
        #expect(try !holds("r.a.number == '7'", ["number": 7]))
        #expect(try holds("r.a.number * 2 + 1 == 15 && -r.a.number % 4 == -3", ["number": 7]))
        #expect(try holds("r.a.inner.deep.tag in ('a', 'b')", ["inner": ["deep": ["tag": "b"]]]))
        #expect(try holds("'b' in r.a.tags && !('c' in r.a.tags)", ["tags": ["a", "b"]]))
        #expect(try holds("r.a.first + '-' + r.a.last == 'x-y' && 'a' < 'b' && 2 >= 2.0", ["first": "x", "last": "y"]))
        #expect(try holds("(r.a.yes || r.a.missing) && !r.a.no", ["yes": true, "no": false]))
        #expect(try holds("keyGet('/a/b/c', '/a/*') == 'b/c' && keyGet2('/a/7', '/a/:id', 'id') == '7'", [:]))
        #expect(try holds("keyGet3('/p/x_1_y', '/p/x_{n}_y', 'n') == '1' && keyGet2('/b', '/a/:id', 'id') == ''", [:]))
    }

    @Test("A second set of definitions has its own request, rules, effect and matcher")
    func contexts() throws {
        let engine = try PolicyEngine(
            model: """
                [request_definition]
                r = sub, obj, act
                r2 = sub, act
                [policy_definition]
                p = sub, obj, act
                p2 = sub, act, eft
                [policy_effect]
                e = some(where (p.eft == allow))
                e2 = !some(where (p2.eft == deny))
                [matchers]
                m = r.sub == p.sub && r.obj == p.obj && \\
                    r.act == p.act   # goes on above
                m2 = r2.sub == p2.sub && r2.act == p2.act
                """,
            policy: """
                p, ada, ledger, read
                p2, ada, burn, deny
                """)
        #expect(engine.decide(["ada", "ledger", "read"]).isAllowed)
        #expect(!engine.decide(["ada", "burn"], context: "2").isAllowed)
        #expect(engine.decide(["ada", "read"], context: "2").isAllowed)
    }

    @Test("An explanation names every rule that matches and the one that decided")
    func explanation() throws {
        let model = PolicyExample.model(
            "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act", policy: "sub, obj, act, eft", roles: ["g = _, _"],
            effect: "\(PolicyExample.allow) && \(PolicyExample.noDeny)")
        let engine = try PolicyEngine(
            model: model,
            policy: """
                p, keeper, archive, write, allow

                p, ada, archive, write, deny
                p, ada, ledger, write, allow
                g, ada, keeper
                """)
        let explanation = try engine.explain(["ada", "archive", "write"])
        #expect(!explanation.decision.isAllowed)
        #expect(explanation.decision.rule?.line == 3)
        #expect(explanation.decision.rule?.effect == .deny)
        #expect(explanation.matching.map(\.line) == [1, 3])
        #expect(explanation.matching.first?.fields == ["keeper", "archive", "write", "allow"])
    }

    @Test("A subject's permissions are its own and those of its roles, in its domain")
    func permissions() throws {
        let engine = try PolicyEngine(
            model: Self.roles,
            policy: """
                p, ada, ledger, read
                p, keeper, archive, write
                p, reader, notes, read
                p, stranger, notes, write
                g, ada, keeper
                g, keeper, reader
                """)
        #expect(engine.permissions(of: "ada").map { $0.field("obj") } == ["ledger", "archive", "notes"])
        #expect(engine.permissions(of: "reader").map(\.line) == [3])
        #expect(engine.permissions(of: "nobody").isEmpty)

        let domains = try #require(PolicyExample.wellKnown.first { $0.name == "domains" })
        let tenants = try PolicyEngine(model: domains.model, policy: domains.policy)
        #expect(tenants.permissions(of: "ada", in: "east").map { $0.field("obj") } == ["ledger"])
        #expect(tenants.permissions(of: "ada", in: "west").isEmpty)
    }

    @Test("A key with many parameters is matched in one look at each, and counts by what that costs")
    func parameters() throws {
        let text = String(repeating: "a", count: 3000)
        for (function, pattern) in [
            ("keyMatch4(r.sub, p.sub)", String(repeating: "{a}", count: 300)),
            ("keyMatch4(r.sub, p.sub)", String(repeating: "/*", count: 150) + "b"),
            ("keyGet3(r.sub, p.sub, 'a') == 'x'", String(repeating: "{a}", count: 300) + "/"),
            ("keyGet2(r.sub, p.sub, 'a') == 'x'", String(repeating: "/*", count: 150) + "/:a"),
            ("keyMatch4(r.sub, p.sub)", String(repeating: "{", count: 1024)),
        ] {
            let model = try PolicyModel(PolicyExample.model(function, request: "sub", policy: "sub"))
            func decide(_ text: String, _ steps: Int) throws -> PolicyDecision {
                try PolicyEngine(model: model, documents: [try PolicyRules("p, \(pattern)")], steps: steps)
                    .decide([.string(text)])
            }
            let decision = try decide(String(text.prefix(900)), PolicyEngine.maxSteps)
            #expect(!decision.isAllowed && decision.fault == nil, "\(pattern.prefix(6))")
            let refused = try decide(text, PolicyEngine.stepsOfRequest)
            #expect(!refused.isAllowed)
            #expect(refused.fault == MatcherFault.tooMuchWork.description, "\(pattern.prefix(6))")
        }
        let whole = try PolicyEngine(
            model: PolicyExample.model("keyMatch4(r.sub, p.sub)", request: "sub", policy: "sub"),
            policy: "p, /{a}-{b}/*/{a}")
        #expect(whole.decide(["/x-y-z/1/2/x-y"]).isAllowed)
        #expect(!whole.decide(["/x-y-z/1/2/x"]).isAllowed)
        #expect(!whole.decide(["/x-y/1"]).isAllowed)
    }

    @Test("A decision that takes more steps than it has is denied")
    func steps() throws {
        let model = try PolicyModel(
            PolicyExample.model("r.sub + 'x' == p.sub + 'x'", request: "sub", policy: "sub"))
        let rules = try PolicyRules((0..<100).map { "p, u\($0)" }.joined(separator: "\n"))
        let decision = try PolicyEngine(model: model, documents: [rules], steps: 50).decide(["u99"])
        #expect(!decision.isAllowed && decision.fault == MatcherFault.tooMuchWork.description)
        #expect(try PolicyEngine(model: model, documents: [rules], steps: 10_000).decide(["u99"]).isAllowed)
    }

    @Test("What the index finds is what looking at every rule finds", arguments: 0..<20)
    func index(seed: UInt64) throws {
        // The conjunction with a tautology on a field hides every demand from the index.
        let matcher = "g(r.sub, p.sub) && (r.obj == p.obj || p.obj == '*') && p.act in (r.act, 'any')"
        let policy = RandomPolicies(seed: seed).roles(rules: 14, links: 7)
        let indexed = try PolicyEngine(model: PolicyExample.model(matcher, roles: ["g = _, _"]), policy: policy)
        let scanned = try PolicyEngine(
            model: PolicyExample.model("!(!(\(matcher)))", roles: ["g = _, _"]), policy: policy)
        var allowed = 0
        for request in RandomPolicies(seed: seed &+ 1000).requests(200) {
            let values = request.map { JSONValue.string($0) }
            let (one, other) = (try indexed.explain(values), try scanned.explain(values))
            #expect(one.decision.isAllowed == other.decision.isAllowed, "\(request)")
            #expect(one.decision.rule?.line == other.decision.rule?.line)
            #expect(one.matching.map(\.line) == other.matching.map(\.line))
            allowed += one.decision.isAllowed ? 1 : 0
        }
        #expect((1..<200).contains(allowed))
    }
}
