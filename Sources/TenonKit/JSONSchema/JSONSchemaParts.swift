/// `properties`, `patternProperties` and `additionalProperties`, which are evaluated together.
struct SchemaProperties: JSONSchemaApplicator {
    var named: [ExactText: Int] = [:]
    var patterned: [(pattern: Pattern, subschema: Int)] = []
    /// For members that the other two do not cover.
    var additional: Int?

    var inPlace: [Int] { [] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        guard case .object(let members) = value else { return true }
        var areValid = true
        for position in members.indices {
            let subschemas = subschemas(for: members[position].name, &evaluation.meter)
            if !subschemas.isEmpty { marks?.insert(position) }
            for subschema in subschemas where !evaluation.isValid(memberAt: position, of: members, under: subschema) {
                areValid = false
                guard evaluation.goesOn else { return false }
            }
        }
        return areValid
    }

    private func subschemas(for name: String, _ meter: inout StepMeter) -> [Int] {
        guard meter.spend(1 + name.utf8.count / 64) else { return [] }
        var subschemas: [Int] = []
        if let named = named[ExactText(text: name)] { subschemas.append(named) }
        for (pattern, subschema) in patterned where pattern.matches(name, &meter) { subschemas.append(subschema) }
        if subschemas.isEmpty, let additional { subschemas.append(additional) }
        return subschemas
    }
}

/// `propertyNames`
struct SchemaNames: JSONSchemaApplicator {
    let subschema: Int

    var inPlace: [Int] { [] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        guard case .object(let members) = value else { return true }
        var areValid = true
        for position in members.indices {
            var unmarked: JSONSchemaMarks?
            if evaluation.probe(.string(members[position].name), subschema, &unmarked) { continue }
            areValid = false
            evaluation.complain(
                "invalid_name", "the schema does not allow this member name", at: members[position].name)
            guard evaluation.goesOn else { return false }
        }
        return areValid
    }
}

/// `prefixItems` and `items`
struct SchemaElements: JSONSchemaApplicator {
    let prefix: [Int]
    let rest: Int?

    var inPlace: [Int] { [] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        guard case .array(let elements) = value else { return true }
        var areValid = true
        for position in elements.indices {
            guard let subschema = position < prefix.count ? prefix[position] : rest else { break }
            marks?.insert(position)
            if evaluation.isValid(elementAt: position, of: elements, under: subschema) { continue }
            areValid = false
            guard evaluation.goesOn else { return false }
        }
        return areValid
    }
}

/// `contains`, `minContains` and `maxContains`
struct SchemaContains: JSONSchemaApplicator {
    let subschema: Int
    let atLeast: Int
    let atMost: Int?

    var inPlace: [Int] { [] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        guard case .array(let elements) = value else { return true }
        var count = 0
        for position in elements.indices {
            var unmarked: JSONSchemaMarks?
            guard evaluation.probe(elements[position], subschema, &unmarked) else { continue }
            count += 1
            marks?.insert(position)
        }
        if count < atLeast {
            evaluation.complain("too_few_matches", "must have at least \(atLeast) items that match the schema")
        } else if let atMost, count > atMost {
            evaluation.complain("too_many_matches", "must have at most \(atMost) items that match the schema")
        }
        return atLeast <= count && count <= atMost ?? .max
    }
}

/// `unevaluatedItems`: for items that no keyword beside it has evaluated.
struct SchemaUnevaluatedItems: JSONSchemaApplicator {
    let subschema: Int

    var inPlace: [Int] { [] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        guard case .array(let elements) = value else { return true }
        var areValid = true
        for position in elements.indices where marks?.contains(position) != true {
            if evaluation.isValid(elementAt: position, of: elements, under: subschema) { continue }
            areValid = false
            guard evaluation.goesOn else { return false }
        }
        marks?.insertAll()
        return areValid
    }
}

/// `unevaluatedProperties`: for members that no keyword beside it has evaluated.
struct SchemaUnevaluatedMembers: JSONSchemaApplicator {
    let subschema: Int

    var inPlace: [Int] { [] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        guard case .object(let members) = value else { return true }
        var areValid = true
        for position in members.indices where marks?.contains(position) != true {
            if evaluation.isValid(memberAt: position, of: members, under: subschema) { continue }
            areValid = false
            guard evaluation.goesOn else { return false }
        }
        marks?.insertAll()
        return areValid
    }
}
