import TenonKit
import TenonPolicy
import Testing

/// What matchers and conditions say, where Casbin's implementations differ or people expect another thing.
struct PolicyLanguageTests {
    /// Whether a matcher over one value holds for it.
    private func holds(_ matcher: String, _ value: JSONValue) throws -> Bool {
        let model = PolicyExample.model(matcher, request: "a", policy: "x")
        let decision = try PolicyEngine(model: model, policy: "p, x").decide([value])
        #expect(decision.fault == nil, "\(matcher)")
        return decision.isAllowed
    }

    @Test("A backslash in a text is part of it, but before a quote or a backslash")
    func backslashes() throws {
        #expect(try holds(#"regexMatch(r.a, '^\d+$')"#, "123"))
        #expect(try !holds(#"regexMatch(r.a, '^\d+$')"#, "ddd"))
        #expect(try holds(#"regexMatch(r.a, "^\d+$")"#, "123"))
        #expect(try holds(#"regexMatch(r.a, '^/api\.v1/')"#, "/api.v1/x"))
        #expect(try !holds(#"regexMatch(r.a, '^/api\.v1/')"#, "/apiXv1/x"))
        #expect(try holds(#"r.a == 'C:\temp'"#, #"C:\temp"#))
        #expect(try holds(#"keyMatch2(r.a, '/a\.b/:id')"#, "/a.b/1"))
        #expect(try !holds(#"keyMatch2(r.a, '/a\.b/:id')"#, "/aXb/1"))
        #expect(try holds(#"r.a == '\n\é'"#, #"\n\é"#))
        // As Casbin in Python does, so that a text can end with a backslash and have both quotes.
        #expect(try holds(#"r.a == 'it\'s'"#, "it's"))
        #expect(try holds(#"r.a == 'a\"b' && r.a == "a\"b""#, #"a"b"#))
        #expect(try holds(#"r.a == 'C:\\'"#, #"C:\"#))
        #expect(try holds(#"regexMatch(r.a, '^\\d+$')"#, "123"))
        #expect(throws: PolicySyntaxError.self) { try holds(#"r.a == 'C:\'"#, "") }
    }

    @Test("A condition keeps its backslashes as a matcher does")
    func backslashesOfConditions() throws {
        let engine = try PolicyEngine(
            model: PolicyExample.model("eval(p.cond)", request: "key", policy: "cond"),
            policy: #"p, "regexMatch(r.key, '^\d+$') && r.key != '\''""#)
        #expect(engine.decide(["12345"]).isAllowed)
        #expect(!engine.decide(["ddd"]).isAllowed)
    }

    @Test("in takes a list of the request with parentheses and without, and a list in either kind of brackets")
    func membership() throws {
        let value: JSONValue = ["doc": 1, "docs": [1, 2], "tag": "b", "tags": ["a", "b"], "none": []]
        for (matcher, isHeld) in [
            ("r.a.doc in (r.a.docs)", true), ("r.a.doc in r.a.docs", true), ("3 in (r.a.docs)", false),
            ("r.a.tag in (r.a.tags)", true), ("r.a.tag in (r.a.none)", false), ("r.a.docs in (r.a.docs)", true),
            ("r.a.tag in (r.a.tags, 'c')", false), ("r.a.tag in ('b')", true), ("r.a.tag in ['a', 'b']", true),
            ("r.a.tag in ['a','c']", false), ("r.a.tag in [r.a.tag]", true), ("r.a.doc in [r.a.docs]", false),
        ] {
            #expect(try holds(matcher, value) == isHeld, "\(matcher)")
        }
        // The index looks up each text of the list, too.
        let engine = try PolicyEngine(
            model: PolicyExample.model("p.obj in (r.sub.objects) && r.act == p.act", request: "sub, act"),
            policy: "p, x, ledger, read\np, x, notes, read\np, x, notes, write")
        let request: [JSONValue] = [["objects": ["notes", "other", 7]], "read"]
        #expect(try engine.explain(request).matching.map(\.line) == [2])
        for matcher in ["r.a in []", "r.a in ['a'", "r.a in ['a')", "r.a[1] == 2"] {
            #expect(throws: PolicySyntaxError.self, "\(matcher)") { try holds(matcher, "a") }
        }
    }

    @Test("A rule that allows and cannot be decided does not match: the order of such rules decides nothing")
    func undecidedAllowance() throws {
        let rules = ["p, r.sub.role == 'admin', read", "p, r.sub.boss == 'yes', read"]
        for lines in [rules, rules.reversed()] {
            for matcher in ["eval(p.rule) && r.act == p.act", "r.act == p.act && eval(p.rule)"] {
                let engine = try PolicyEngine(
                    model: PolicyExample.model(matcher, request: "sub, act", policy: "rule, act"),
                    policy: lines.joined(separator: "\n"))
                #expect(engine.decide([["boss": "yes"], "read"]).isAllowed)
                #expect(engine.decide([["role": "admin"], "read"]).isAllowed)
                let denied = engine.decide([["boss": "no"], "read"])
                #expect(!denied.isAllowed && denied.fault == "the member role does not exist")
            }
        }
    }

    @Test("A rule that denies and cannot be decided denies, and so does any in a model that allows by default")
    func undecidedDenial() throws {
        let both = "\(PolicyExample.allow) && \(PolicyExample.noDeny)"
        for (effect, allowance) in [
            (both, "p, true, read, allow\n"), (PolicyExample.noDeny, ""), ("priority(p.eft) || deny", ""),
        ] {
            let engine = try PolicyEngine(
                model: PolicyExample.model(
                    "r.act == p.act && eval(p.rule)", request: "sub, act", policy: "rule, act, eft", effect: effect),
                policy: allowance + "p, r.sub.guest == true, read, deny\np, true, read, allow")
            let denied = engine.decide([["role": "x"], "read"])
            #expect(!denied.isAllowed && denied.fault == "the member guest does not exist", "\(effect)")
            #expect(engine.decide([["guest": false], "read"]).isAllowed)
        }
        // Where only rules that allow count, one that denies says nothing, whether it can be decided or not.
        for lines in [["p, r.sub.x == 1, deny", "p, true, allow"], ["p, true, allow", "p, r.sub.x == 1, deny"]] {
            let engine = try PolicyEngine(
                model: PolicyExample.model("eval(p.rule)", request: "sub", policy: "rule, eft"),
                policy: lines.joined(separator: "\n"))
            #expect(engine.decide([[:]]).isAllowed)
        }
        // A denial that matches is the reason, not a rule that was passed over.
        let engine = try PolicyEngine(
            model: PolicyExample.model("eval(p.rule)", request: "sub", policy: "rule, eft", effect: both),
            policy: "p, r.sub.x == 1, allow\np, true, deny")
        let denied = engine.decide([[:]])
        #expect(!denied.isAllowed && denied.rule?.line == 2 && denied.fault == nil)
    }

    @Test("Too much work denies, even where only a rule that allows takes it")
    func workIsNoMissingAttribute() throws {
        let model = try PolicyModel(
            PolicyExample.model("eval(p.rule)", request: "sub", policy: "rule"))
        let costly = Array(repeating: "r.sub == 'x'", count: 50).joined(separator: " || ")
        let rules = try PolicyRules("p, \(costly)\np, true")
        let decision = try PolicyEngine(model: model, documents: [rules], steps: 60).decide(["y"])
        #expect(!decision.isAllowed && decision.fault == MatcherFault.tooMuchWork.description)
    }

    private static let twoSets = """
        [request_definition]
        r = sub, obj
        r2 = sub
        [policy_definition]
        p = sub, obj
        p2 = sub
        [policy_effect]
        e = some(where (p.eft == allow))
        [matchers]
        m = r.sub == p.sub && r.obj == p.obj
        m2 = r2.sub == unknown(p2.sub)
        """

    @Test("A further matcher with a fault leaves the others usable, and cannot be asked itself")
    func faultyMatcher() throws {
        let model = try PolicyModel(Self.twoSets)
        #expect(model.contextNames == [""])
        let fault = try #require(model.faults["2"])
        #expect(fault.place == TextPlace(line: 11, column: 16) && fault.reason.contains("unknown"))
        let engine = try PolicyEngine(model: Self.twoSets, policy: "p, ada, ledger\np2, ada\np2, too, many")
        #expect(engine.decide(["ada", "ledger"]).isAllowed)
        let denied = engine.decide(["ada"], context: "2")
        #expect(!denied.isAllowed && denied.fault?.contains("line 11, column 16") == true)
        // The first set must be readable, and a kind of rule that no definition has is refused as before.
        #expect(throws: PolicySyntaxError.self) {
            try PolicyModel(Self.twoSets.replacing("m = r.sub", with: "m = r.subject"))
        }
        #expect(throws: PolicySyntaxError.self) { try PolicyEngine(model: Self.twoSets, policy: "p3, ada") }
        for wrong in ["e2 = whatever", "r2 = 2b"] {
            let model = try PolicyModel(
                Self.twoSets.replacing("unknown(p2.sub)", with: "p2.sub")
                    .replacing("r2 = sub", with: wrong.hasPrefix("r2") ? wrong : "r2 = sub")
                    .replacing("[matchers]", with: wrong.hasPrefix("e2") ? "\(wrong)\n[matchers]" : "[matchers]"))
            #expect(model.contextNames == [""] && model.faults.count == 1, "\(wrong)")
        }
    }

    @Test("A comma at the end of a role relation is skipped, as Casbin does")
    func commaAtTheEnd() throws {
        let engine = try PolicyEngine(
            model: PolicyExample.model("g(r.sub, p.sub)", request: "sub", policy: "sub", roles: ["g = _, _,"]),
            policy: "p, admin\ng, ada, admin")
        #expect(engine.decide(["ada"]).isAllowed && !engine.decide(["bo"]).isAllowed)
    }

    @Test("Functions, matchers without rules and matchers over several lines answer as before")
    func rightBefore() throws {
        #expect(try !holds("keyMatch3(r.a, '/x/*/a/*')", "/x/b"))
        #expect(throws: PolicySyntaxError.self) { try holds("keyMatch3(r.a, '*/a/*')", "/x/a/b") }
        #expect(try holds("globMatch(r.a, '/shelf/**')", "/shelf/a/b"))
        #expect(try holds("keyMatch5(r.a, '/shelf/{id}')", "/shelf/1?x=/2"))
        let domains = try PolicyEngine(
            model: PolicyExample.model(
                "keyGet2(r.obj, '/org/:dom/doc', 'dom') == r.dom && p.x == 'x'", request: "dom, obj", policy: "x"),
            policy: "p, x")
        #expect(domains.decide(["east", "/org/east/doc"]).isAllowed)
        #expect(!domains.decide(["west", "/org/east/doc"]).isAllowed)
        let owner = try PolicyEngine(
            model: PolicyExample.model("r.sub == r.obj.owner", request: "sub, obj", policy: "sub"), policy: "")
        #expect(owner.decide(["ada", ["owner": "ada"]]).isAllowed)
        #expect(!owner.decide(["bo", ["owner": "ada"]]).isAllowed)
        let lines = try PolicyEngine(
            model: """
                [request_definition]
                r = sub, obj # who, what
                [policy_definition]
                p = cond, eft # when, how
                [policy_effect]
                e = \(PolicyExample.allow) && \(PolicyExample.noDeny)
                [matchers]
                m = r.sub in ('a', 'b') && \\
                    eval(p.cond)
                """, policy: "p, \"r.obj in ('x, y', 'z')\", allow\np, r.sub == 'b', deny")
        #expect(lines.decide(["a", "x, y"]).isAllowed && !lines.decide(["a", "x"]).isAllowed)
        let explained = try lines.explain(["b", "z"])
        #expect(!explained.decision.isAllowed && explained.decision.rule?.line == 2)
        #expect(explained.matching.map(\.line) == [1, 2])
    }
}
