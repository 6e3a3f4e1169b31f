/// One evaluation of a value. Records where a value is invalid, unless it only probes. Recursive functions keep their
/// frames small, so that a deep value needs little stack.
struct JSONSchemaEvaluation {
    private let subschemas: [CompiledSubschema]
    private let resources: [DynamicAnchors]
    var meter: StepMeter
    private var violations: [Violation] = []
    /// The path from the root to the current part.
    private var path: [JSONPathStep] = []
    /// The resources of the subschemas in evaluation, outermost first: the dynamic scope.
    private var scope: [Int] = []
    /// The number of probing keywords: then a subschema may be invalid, and nothing is recorded.
    private var probes = 0

    init(_ schema: JSONSchema, charging budget: WorkBudget) {
        meter = StepMeter(JSONSchema.maxSteps, of: budget)
        subschemas = schema.subschemas
        resources = schema.resources
    }

    mutating func violations(of value: JSONValue) throws(KitError) -> [Violation] {
        var unmarked: JSONSchemaMarks?
        _ = isValid(value, under: 0, &unmarked)
        try meter.settle()
        if meter.isExhausted {
            violations.append(
                Violation(
                    code: "too_complex",
                    detail: "validating the value takes too many steps; simplify the schema or the value"))
        }
        return violations
    }

    /// After an error, whether further ones can be reported.
    var goesOn: Bool { probes == 0 && !meter.isExhausted && violations.count < JSONSchema.maxViolations }

    /// Records an error of the current value, or of one member of it.
    mutating func complain(_ code: String, _ detail: String, at member: String? = nil) {
        // Names can be long, and one error can be found repeatedly.
        let length = path.reduce(0) { sum, step in if case .name(let name) = step { sum + name.utf8.count } else { sum }
        }
        guard goesOn, meter.spend(length / 16) else { return }
        let pointer = path.map(\.pointerToken).joined() + (member.map { Violation.pointer(to: $0) } ?? "")
        let violation = Violation(pointer: pointer, code: code, detail: detail)
        if !violations.contains(violation) { violations.append(violation) }
    }

    /// Validates with a subschema. If the value is valid, its evaluated parts are added to the marks; nil if nothing
    /// needs them.
    mutating func isValid(_ value: JSONValue, under index: Int, _ marks: inout JSONSchemaMarks?) -> Bool {
        guard enter(index) else { return false }
        var isValid = holdsByItself(value, index)
        if isValid || goesOn {
            var own = ownMarks(index, beside: marks)
            isValid = appliesAll(subschemas[index].applicators, to: value, &own) && isValid
            // After an error, unevaluated parts would often be reported twice.
            isValid = isValid && appliesAll(subschemas[index].unevaluated, to: value, &own)
            if isValid { add(own, to: &marks) }
        }
        scope.removeLast()
        return isValid
    }

    private mutating func enter(_ index: Int) -> Bool {
        guard scope.count < JSONSchema.maxDepth, meter.spend(1) else {
            meter.exhaust()
            return false
        }
        scope.append(subschemas[index].resource)
        return true
    }

    private mutating func holdsByItself(_ value: JSONValue, _ index: Int) -> Bool {
        var isValid = true
        for assertion in subschemas[index].assertions {
            if meter.spend(1), assertion.holds(for: value, &meter) { continue }
            isValid = false
            guard goesOn else { return false }
            let complaint = assertion.complaint
            complain(complaint.code, complaint.detail, at: complaint.member)
        }
        return isValid
    }

    private mutating func appliesAll(
        _ applicators: [any JSONSchemaApplicator], to value: JSONValue, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        var isValid = true
        for place in applicators.indices {
            if meter.spend(1), applicators[place].holds(for: value, in: &self, &marks) { continue }
            isValid = false
            guard goesOn else { return false }
        }
        return isValid
    }

    private func ownMarks(_ index: Int, beside marks: JSONSchemaMarks?) -> JSONSchemaMarks? {
        marks == nil && subschemas[index].unevaluated.isEmpty ? nil : JSONSchemaMarks()
    }

    private mutating func add(_ own: JSONSchemaMarks?, to marks: inout JSONSchemaMarks?) {
        guard let own, marks != nil, meter.spend(own.cost) else { return }
        marks?.formUnion(own)
    }

    /// Like `isValid`, but the value may be invalid.
    mutating func probe(_ value: JSONValue, _ index: Int, _ marks: inout JSONSchemaMarks?) -> Bool {
        probes += 1
        defer { probes -= 1 }
        return isValid(value, under: index, &marks)
    }

    mutating func isValid(elementAt position: Int, of elements: [JSONValue], under index: Int) -> Bool {
        var unmarked: JSONSchemaMarks?
        path.append(.index(position))
        defer { path.removeLast() }
        return isValid(elements[position], under: index, &unmarked)
    }

    mutating func isValid(memberAt position: Int, of members: JSONObject, under index: Int) -> Bool {
        var unmarked: JSONSchemaMarks?
        path.append(.name(members[position].name))
        defer { path.removeLast() }
        return isValid(members[position].value, under: index, &unmarked)
    }

    /// The target of a dynamic reference: in the outermost resource with the anchor.
    mutating func dynamicTarget(_ anchor: ExactText) -> Int? {
        guard meter.spend(scope.count / 8) else { return nil }
        for resource in scope {
            if let target = resources[resource][anchor] { return target }
        }
        return nil
    }
}
