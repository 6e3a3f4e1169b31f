import TenonKit
import TestSupport
import Testing

@testable import TenonDomain
@testable import TenonPolicy

private func budget(_ steps: Int, bytes: Int = 1 << 30) -> RequestBudget {
    RequestBudget(steps: steps, bytes: bytes, memory: nil, tenant: nil)
}

extension RequestBudget {
    fileprivate func difference(_ from: JSONValue, _ to: JSONValue) throws(Failure) -> JSONPatch {
        try charge { budget throws(KitError) in try JSONPatch.diff(from: from, to: to, charging: budget) }
    }

    fileprivate func decide(_ request: [JSONValue], by engine: PolicyEngine) throws(Failure) -> PolicyDecision {
        try charge { budget throws(KitError) in
            try engine.decide(request, at: PolicyEngine.anytime, charging: budget)
        }
    }
}

/// What of the work of one request is charged, and how it ends.
@Suite struct StepMeterTests {
    private let plenty = 50_000_000

    /// The steps that the body charges.
    private func steps(_ body: (RequestBudget) throws -> Void) rethrows -> Int {
        let budget = budget(plenty)
        try body(budget)
        return plenty - budget.steps
    }

    @Test("Joins of texts are charged by their bytes, so that a long one is refused after some of them")
    func joins() throws {
        let sum = Array(repeating: "r.sub", count: 190).joined(separator: " + ")
        let model = PolicyExample.model("\(sum) == p.sub", request: "sub", policy: "sub")
        let engine = try PolicyEngine(model: model, policy: "p, ada\np, bo")
        let short = try steps { _ = try $0.decide(["a"], by: engine) }
        #expect(short < 20_000)
        let long = JSONValue.string(String(repeating: "a", count: 1 << 20))
        let spent = budget(plenty)
        #expect(
            failure { () throws(Failure) in try spent.decide([long], by: engine) }?.code
                == .tooMuchWork)
        #expect(spent.steps < 5_000_000)
    }

    @Test("A decision that takes more than one may is refused as too much work, and not denied")
    func ownBound() throws {
        let model = try PolicyModel(PolicyExample.model("r.sub + 'x' == p.sub + 'x'", request: "sub", policy: "sub"))
        let rules = try PolicyRules((0..<100).map { "p, u\($0)" }.joined(separator: "\n"))
        let engine = try PolicyEngine(model: model, documents: [rules], steps: 100)
        #expect(engine.decide(["u"]).fault == MatcherFault.tooMuchWork.description)
        let refused = failure { () throws(Failure) in
            try RequestBudget.unlimited.decide(["u"], by: engine)
        }
        #expect(refused?.code == .tooMuchWork)
        #expect(try engine.explain(["u"]).decision.fault == MatcherFault.tooMuchWork.description)
    }

    @Test("Long lists and texts that conditions compare, look up as roles or match are charged by their size")
    func conditions() throws {
        let items = JSONValue.array((0..<10_000).map { .string("name\($0)") })
        let text = JSONValue.string(String(repeating: "a", count: 100_000))
        for (matcher, value) in [
            ("r.sub == r.sub", items), ("'x' in r.sub", items), ("g(r.sub, 'x')", items), ("r.sub < r.sub", text),
            ("regexMatch(r.sub, 'b$')", text), ("keyMatch2(r.sub, '/:a')", text), ("r.sub in ('x', r.sub)", text),
        ] {
            let model = PolicyExample.model(matcher, request: "sub", policy: "sub", roles: ["g = _, _"])
            let engine = try PolicyEngine(model: try PolicyModel(model), documents: [try PolicyRules("p, x\np, y")])
            let charged = try steps { _ = try $0.decide([value], by: engine) }
            #expect(charged > 1000, "\(matcher) costs \(charged)")
        }
    }

    @Test("Patterns that a decision makes of the request are charged as they are compiled")
    func compiledPatterns() throws {
        let model = PolicyExample.model("regexMatch('x', r.sub + p.sub)", request: "sub", policy: "sub")
        let rules = (0..<10).map { "p, u\($0)" }.joined(separator: "\n")
        let engine = try PolicyEngine(model: model, policy: rules)
        let pattern: JSONValue = "^b(?:a{1000}){2}"
        func decide(_ budget: RequestBudget) throws {
            _ = try budget.decide([pattern], by: engine)
        }
        #expect(try steps(decide) > 10 * 3 * 2000)
        #expect(try steps(decide) < 10 * 3 * 2000)
    }

    @Test("A match is charged for the instructions that it looks at, not for all that it might")
    func patterns() throws {
        let text = String(repeating: "a", count: 10_000)
        func cost(_ source: String) throws -> Int {
            let pattern = try Pattern(source)
            var meter = StepMeter(plenty)
            _ = pattern.matches(text, &meter)
            return plenty - meter.left
        }
        #expect(try cost("^b(?:[a-z]{0,9}){100}$") < 1000)
        #expect(try (5_000..<20_000).contains(cost("^[a-z]+$")))
        #expect(try cost("(a?){1000}b") > 2_000_000)
    }

    @Test("Bytes that no match can begin with are charged too, however many patterns skip them")
    func skips() throws {
        var meter = StepMeter(plenty)
        let pattern = try Pattern("bb")
        #expect(!pattern.matches(String(repeating: "a", count: 1 << 20), &meter))
        #expect(plenty - meter.left > 100_000)
    }

    @Test("All values of a request are judged from one budget")
    func schemas() throws {
        let rules: JSONValue = ["json_schema": ["items": ["pattern": "^(a?){100}$"]]]
        let value = JSONValue.array(Array(repeating: .string(String(repeating: "a", count: 90)), count: 10))
        let one = try steps { _ = try ConfigDraft(value: value, type: .json, schema: rules, charging: $0) }
        #expect(one > 10_000)
        let few = budget(10 * one)
        var judged = 0
        let refused = failure { () throws(Failure) in
            while judged < 300 {
                _ = try ConfigDraft(value: value, type: .json, schema: rules, charging: few)
                judged += 1
            }
        }
        #expect(refused?.code == .tooMuchWork)
        #expect(judged == 10)
    }

    @Test("Differences are charged by their values and by the pairs that align their arrays, and hold what they say")
    func differences() throws {
        let from = JSONValue.array((0..<1000).map { .integer($0) })
        let to = JSONValue.array((0..<1000).map { .integer(-1 - $0) })
        let charged = try steps { _ = try $0.difference(from, to) }
        #expect(charged > 300_000)
        let few = budget(charged * 3 / 2)
        _ = try few.difference(from, to)
        let refused = failure { () throws(Failure) in try few.difference(from, to) }
        #expect(refused?.code == .tooMuchWork)
        let small = budget(plenty, bytes: 1000)
        #expect(failure { () throws(Failure) in try small.difference(from, to) } != nil)
    }

    @Test("Documents are charged by their values, and the index of a large object above all")
    func parsing() throws {
        let members = (0..<1000).map { "\"key\($0)\": \($0)" }.joined(separator: ",")
        let charged = try steps { budget in
            _ = try Array("{\(members)}".utf8).withUnsafeBytes { bytes in
                try budget.charge { budget throws(KitError) in try JSONParser.parse(bytes, charging: budget) }.get()
            }
        }
        #expect((80_000..<200_000).contains(charged))
    }

    @Test("Work ends where its task is cancelled: in a match, a schema, a difference, a document and a decision")
    func cancellation() async throws {
        let long = String(repeating: "a", count: 100_000)
        let numbers = JSONValue.array((0..<20_000).map { .integer($0) })
        let schema = try JSONSchema(["items": ["type": "integer"]])
        let strings = try ValidationSchema(["pattern": "(a?){10}b"], for: .string)
        let model = PolicyExample.model("regexMatch(r.sub, '(a?){10}b')", request: "sub", policy: "sub")
        let engine = try PolicyEngine(model: model, policy: "p, ada")
        func isCancelled(_ work: @escaping @Sendable (RequestBudget) throws -> Void) async -> Bool {
            await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                do {
                    try work(budget(50_000_000))
                    return false
                } catch {
                    return (error as? Failure)?.code == .cancelled
                }
            }.value
        }
        #expect(
            await isCancelled {
                try $0.charge { budget throws(KitError) in _ = try schema.violations(of: numbers, charging: budget) }
            })
        #expect(await isCancelled { _ = try strings.violations(of: .string(long), as: .string, charging: $0) })
        #expect(await isCancelled { _ = try $0.difference(numbers, [numbers]) })
        #expect(await isCancelled { _ = try $0.decide([.string(long)], by: engine) })
        #expect(
            await isCancelled {
                let documents = ConfigDocuments(yaml: NoYAML())
                _ = try documents.read(Array(numbers.description.utf8), as: .json, charging: $0)
            })
    }
}

private func failure<Result>(_ body: () throws(Failure) -> Result) -> Failure? {
    do throws(Failure) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

private struct NoYAML: YAMLCodec {
    func parse(
        _ bytes: [UInt8], limits: JSONLimits, charging budget: RequestBudget
    ) throws(Failure) -> ConfigDocumentTree { throw .bug("no YAML") }
    func print(_ value: JSONValue) -> [UInt8] { [] }
}
