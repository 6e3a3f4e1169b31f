import TenonKit
import TenonPolicy
import Testing

struct PolicySyntaxTests {
    private static let model = PolicyExample.model("r.sub == p.sub && r.obj == p.obj && r.act == p.act")

    private func fault(model: String = model, policy: String = "") -> PolicySyntaxError? {
        do throws(PolicySyntaxError) {
            _ = try PolicyEngine(model: model, policy: policy)
            return nil
        } catch {
            return error
        }
    }

    private func place(model: String = model, policy: String = "") -> [Int] {
        fault(model: model, policy: policy).map { [$0.place.line, $0.place.column] } ?? []
    }

    @Test("A model's fault is told with its line and column")
    func models() {
        #expect(place(model: "r = sub") == [1, 1])
        #expect(place(model: "[request_definition]\nr = sub\n[nonsense]") == [3, 1])
        #expect(place(model: "[request_definition]\n  r sub") == [2, 3])
        #expect(place(model: "[request_definition]\nq = sub") == [2, 1])
        #expect(place(model: "[request_definition]\nr1 = sub") == [2, 1])
        #expect(place(model: "[request_definition]\nr = sub\nr = obj") == [3, 1])
        #expect(place(model: PolicyExample.model("true", request: "sub, 2b")) == [2, 10])
        #expect(place(model: PolicyExample.model("true", request: "sub, sub")) == [2, 10])
        #expect(place(model: PolicyExample.model("true", effect: "some(where (p.eft == maybe))")) == [7, 5])
        #expect(place(model: PolicyExample.model("true", roles: ["g = _"])) == [6, 5])
        for roles in ["_, _, (_)", "_, _, (_, _, _)", "(_, _)", "_, _, _, _", "_, _,,", ","] {
            #expect(place(model: PolicyExample.model("true", roles: ["g = \(roles)"])) == [6, 5], "\(roles)")
        }
        #expect(fault(model: "[request_definition]\nr = sub")?.detail.contains("[matchers]") == true)
        #expect(fault(model: String(repeating: "#", count: 65_537))?.code == .tooLarge)
    }

    @Test("A matcher's fault is told with its line and column, over continued lines too")
    func matchers() {
        func column(_ matcher: String) -> [Int] { place(model: PolicyExample.model(matcher)) }
        #expect(column("r.sub == ") == [9, 13])
        #expect(column("r.sub = p.sub") == [9, 11])
        #expect(column("r.sub == p.nothing") == [9, 16])
        #expect(column("sub == p.sub") == [9, 5])
        #expect(column("r.sub == \"ada") == [9, 14])
        #expect(column("(r.sub == p.sub") == [9, 20])
        #expect(column("r.sub == p.sub)") == [9, 19])
        #expect(column("g(r.sub, p.sub)") == [9, 5])
        #expect(column("keyMatch(r.sub)") == [9, 5])
        #expect(column("regexMatch(r.sub, '(')") == [9, 5])
        #expect(column("eval(r.sub)") == [9, 5])
        #expect(column("r.sub == p.sub && \\\n   r.obj == 'é' && ?") == [10, 20])
        #expect(column("1.") == [9, 5])
        #expect(column(String(repeating: "(", count: 60) + "true") == [9, 30])
        #expect(column(String(repeating: "!", count: 60) + "true").first == 9)
        #expect(column("1" + String(repeating: " + 1", count: 201)).first == 9)
        #expect(column(String(repeating: "a", count: 20_000)).first == 9)
        #expect(column("true" + String(repeating: " || r.sub == 'x'", count: 900)) == [])
    }

    @Test("A rule's fault is told with its line and column, in a condition's quotes too")
    func rules() {
        #expect(place(policy: "p, ada, ledger") == [1, 1])
        #expect(place(policy: "\n# note\np, ada, ledger, read, allow") == [3, 23])
        #expect(fault(policy: "p, ada, ledger, read, f(a, b)")?.detail.contains("quote a value with commas") == true)
        #expect(place(policy: "p, ada, ledger, read\nq, ada") == [2, 1])
        #expect(place(policy: "p, ada, \"ledger, read") == [1, 9])
        #expect(place(policy: "p, ada, \"ledger\" x, read") == [1, 18])
        #expect(place(policy: "p, ada, led\"ger, read") == [1, 12])
        let conditions = PolicyExample.model(
            "eval(p.cond)", request: "sub", policy: "cond", roles: ["g = _, _"])
        #expect(place(model: conditions, policy: "p, r.sub.Age >") == [1, 15])
        #expect(place(model: conditions, policy: "p, \"r.sub == \"\"é\"\" &&& true\"") == [1, 22])
        #expect(place(model: conditions, policy: "p, eval(p.cond)") == [1, 4])
        #expect(place(model: conditions, policy: "g, ada") == [1, 1])
        let keys = PolicyExample.model("regexMatch(r.obj, p.obj)")
        #expect(place(model: keys, policy: "p, ada, ok, read\np, ada, (, read") == [2, 9])
        let priority = PolicyExample.model(
            "true", policy: "priority, eft", effect: "priority(p.eft) || deny")
        #expect(place(model: priority, policy: "p, first, allow") == [1, 4])
    }

    @Test("Comments cut a model's line wherever they stand, and the first equals sign divides it")
    func comments() throws {
        let model = """
            # a model
            [request_definition] 
            r = sub, obj ; what is asked
            [policy_definition]
            p = sub, obj   # what is granted

            [policy_effect]
            e = some( where (p.eft==allow) )
            [matchers]
            m = r.sub == p.sub && \\
                r.obj == p.obj
            """
        #expect(try PolicyEngine(model: model, policy: "p, ada, x").decide(["ada", "x"]).isAllowed)
        #expect(place(model: model.replacing("r.obj == p.obj", with: "r.obj == \"#\"")) == [11, 14])
    }

    @Test("Values are texts without the space before them; one in quotes keeps commas, quotes and spaces")
    func values() throws {
        let engine = try PolicyEngine(
            model: Self.model, policy: "p,   ada,\" a, \"\"b\"\" \",1\r\n  p, bo, , 2  ")
        #expect(engine.decide(["ada", " a, \"b\" ", "1"]).isAllowed)
        #expect(!engine.decide(["ada", " a, \"b\" ", 1]).isAllowed)
        #expect(engine.decide(["bo", "", "2"]).isAllowed)
    }

    @Test("A rule that stands twice counts once, and at most so many rules are read")
    func bounds() throws {
        let engine = try PolicyEngine(
            model: Self.model, policy: String(repeating: "p, ada, ledger, read\n", count: 50))
        #expect(try engine.explain(["ada", "ledger", "read"]).matching.count == 1)
        #expect(throws: PolicySyntaxError.self) {
            try PolicyRules("p, a\np, b\np, c", limit: 2)
        }
    }

    @Test("A line of requests has texts, and JSON objects where they stand in quotes")
    func requests() throws {
        #expect(try PolicyRequestLine.values("# none", number: 1) == nil)
        #expect(try PolicyRequestLine.values("  ", number: 1) == nil)
        #expect(
            try PolicyRequestLine.values(#"ada, "{""Age"": 20}", "[1]", {}"#, number: 1)
                == ["ada", ["Age": 20], "[1]", "{}"])
    }
}
