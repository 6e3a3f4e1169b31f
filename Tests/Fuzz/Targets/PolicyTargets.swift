internal import TenonDomain
internal import TenonKit
internal import TenonPolicy

enum PolicyTargets {
    private static let now = Timestamp(millisecondsSince1970: 1_767_225_600_000)

    private static let matcherModel = """
        [request_definition]
        r = sub, obj
        [policy_definition]
        p = sub, obj
        [role_definition]
        g = _, _
        [policy_effect]
        e = some(where (p.eft == allow))
        [matchers]
        m = 
        """

    private static let ruleModel = """
        [request_definition]
        r = sub, obj
        [policy_definition]
        p = sub, obj, cond, eft
        p2 = priority, obj
        [role_definition]
        g = _, _
        g2 = _, _, _, (_, _)
        [policy_effect]
        e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
        e2 = priority(p2.eft) || deny
        [matchers]
        m = g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && eval(p.cond)
        m2 = g2(r.sub, 'x', 'y') || globMatch(r.obj, p2.obj)
        """

    /// A model without rules decides, and says the same the second time.
    static func model(_ text: String) {
        let read = result { () throws(PolicySyntaxError) in try PolicyModel(text) }
        guard let model = read.value else { return check(read.error, in: text) }
        for context in model.contextNames {
            precondition(model.requestSize(of: context) ?? 0 > 0, "a request without values")
        }
        guard let engine = try? PolicyEngine(model: model, documents: []) else { fatalError("no rules are refused") }
        for context in model.contextNames {
            let request = [JSONValue](repeating: ["a": "b"], count: model.requestSize(of: context) ?? 0)
            let (decision, repeated) = (
                engine.decide(request, context: context, at: now), engine.decide(request, context: context, at: now)
            )
            precondition(decision.isAllowed == repeated.isAllowed, "the decision changes")
            precondition(decision.fault == nil || !decision.isAllowed, "a fault allows")
        }
    }

    /// Rules under a model with conditions, patterns, priorities and two relations.
    static func rules(_ text: String) {
        let read = result { () throws(PolicySyntaxError) in try PolicyEngine(model: ruleModel, policy: text) }
        guard let engine = read.value else { return check(read.error, in: text) }
        for subject in ["ada", "bo"] {
            for context in ["", "2"] {
                let explanation = try! engine.explain([.string(subject), "/a/b"], context: context, at: now)
                precondition(
                    explanation.decision.rule.map { rule in
                        explanation.matching.contains { $0.line == rule.line }
                    } ?? true, "the rule that decided does not match")
            }
            for rule in engine.permissions(of: .string(subject), at: now) {
                precondition(rule.fields.count == 4, "a rule's fields")
            }
        }
        _ = engine.roleCycle
    }

    /// A matcher: what the index learns from it hides no rule that matches.
    static func matcher(_ matcher: String) {
        let matcher = String(String.UnicodeScalarView(matcher.unicodeScalars.map { $0 == "\n" ? " " : $0 }))
        let policy = "p, ada, x\np, bo, x\np, keeper, y\np, ada, ada\ng, ada, keeper\ng, bo, ada"
        let read = result { () throws(PolicySyntaxError) in
            try PolicyEngine(model: matcherModel + matcher, policy: policy)
        }
        guard let engine = read.value else { return check(read.error, in: matcherModel + matcher) }
        guard let scanning = try? PolicyEngine(model: matcherModel + "!(!(" + matcher + "))", policy: policy)
        else { return }
        for request: [JSONValue] in [["ada", "x"], ["bo", ["a": 1, "b": ["x"]]], ["keeper", "y"]] {
            var found: (PolicyExplanation, PolicyExplanation)?
            let time = processorTime {
                found = (try! engine.explain(request, at: now), try! scanning.explain(request, at: now))
            }
            precondition(time < .seconds(2), "\(time) for one request")
            guard let (one, other) = found, one.decision.fault == nil, other.decision.fault == nil else { continue }
            precondition(one.decision.isAllowed == other.decision.isAllowed, "brackets change the decision")
        }
    }

    private static func check(_ error: PolicySyntaxError?, in text: String) {
        guard let error else { return }
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        precondition((1...max(lines.count, 1)).contains(error.place.line), "a line that is not there")
        let line = lines[error.place.line - 1]
        precondition((1...line.count + 2).contains(error.place.column), "a column that is not there")
    }

    private static func result<Value>(
        _ body: () throws(PolicySyntaxError) -> Value
    ) -> (value: Value?, error: PolicySyntaxError?) {
        do throws(PolicySyntaxError) { return (try body(), nil) } catch { return (nil, error) }
    }
}
