internal import TenonKit

enum JSONSchemaTargets {
    private static func parsed(_ text: String) -> JSONValue? { try? JSONParser.parse(text) }

    /// A schema and a value: both are judged in bounded time, faults point into what is judged, and `not` turns the
    /// judgement around.
    static func schema(_ schemaText: String, _ valueText: String) {
        guard let json = parsed(schemaText) else { return }
        do throws(KitError) {
            let schema = try JSONSchema(json)
            precondition(schema.source == json, "the source changed")
            guard let value = parsed(valueText) else { return }
            var violations: [Violation] = []
            let time = processorTime { violations = try! schema.violations(of: value) }
            precondition(time < .seconds(4), "\(time) for one value")
            precondition(violations.count <= JSONSchema.maxViolations + 1, "too much is told")
            precondition((try! schema.violations(of: value)) == violations, "it judges otherwise the second time")
            for violation in violations { check(violation, in: value) }
            checkNegation(of: json, value, isValid: violations.isEmpty)
        } catch {
            precondition(!error.violations.isEmpty, "a refusal says what is wrong")
            for violation in error.violations { check(violation, in: json) }
        }
    }

    /// Around the schema stands another one, so that references to `#` mean something else: only those without are
    /// asked, and what is given up is neither valid nor invalid.
    private static func checkNegation(of json: JSONValue, _ value: JSONValue, isValid: Bool) {
        guard !json.description.contains("$") else { return }
        guard let negation = try? JSONSchema(["not": json]) else { return }
        let violations = try! negation.violations(of: value)
        if violations.contains(where: { $0.code == "too_complex" }) { return }
        precondition(violations.isEmpty != isValid, "not does not turn the judgement around")
    }

    /// The pointer leads to a part, or to a member that an object lacks.
    private static func check(_ violation: Violation, in value: JSONValue) {
        let isThere = (try? JSONPatch([.copy(from: violation.pointer, path: "")]).applied(to: value)) != nil
        precondition(isThere || violation.code == "missing", "\(violation.pointer) points to nothing")
    }

    /// Two values: their difference, applied to the one, gives the other and is bounded in size; a merge patch that is
    /// merged again changes nothing more.
    static func patch(_ fromText: String, _ toText: String) {
        guard let from = parsed(fromText), let to = parsed(toText) else { return }
        let patch = try! JSONPatch.diff(from: from, to: to)
        do {
            let result = try patch.applied(to: from)
            precondition(result == to, "the patch leads elsewhere")
        } catch {
            fatalError("the patch cannot be applied: \(error)")
        }
        let bound = 30 * to.encoded().count + 4096
        precondition(patch.json.encoded().count <= bound, "the patch is much longer than the target")
        precondition(try! JSONPatch.diff(from: to, to: to).operations.isEmpty, "a value differs from itself")
        let merged = from.merging(to)
        precondition(merged.merging(to) == merged, "the same merge patch changes the value twice")
    }
}
