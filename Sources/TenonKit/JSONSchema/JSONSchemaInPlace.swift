/// `$ref`
struct SchemaReference: JSONSchemaApplicator {
    let target: Int

    var inPlace: [Int] { [target] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        evaluation.isValid(value, under: target, &marks)
    }
}

/// `$dynamicRef`: refers to the outermost resource in the dynamic scope with the anchor.
struct SchemaDynamicReference: JSONSchemaApplicator {
    let anchor: ExactText
    let otherwise: Int

    var inPlace: [Int] { [] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        evaluation.isValid(value, under: evaluation.dynamicTarget(anchor) ?? otherwise, &marks)
    }
}

struct SchemaAllOf: JSONSchemaApplicator {
    let branches: [Int]

    var inPlace: [Int] { branches }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        var areAllValid = true
        for branch in branches where !evaluation.isValid(value, under: branch, &marks) {
            areAllValid = false
            guard evaluation.goesOn else { return false }
        }
        return areAllValid
    }
}

struct SchemaAnyOf: JSONSchemaApplicator {
    let branches: [Int]

    var inPlace: [Int] { branches }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        var isAnyValid = false
        for branch in branches where evaluation.probe(value, branch, &marks) {
            isAnyValid = true
            // Every valid branch adds to the marks.
            if marks == nil { break }
        }
        if !isAnyValid {
            evaluation.complain("no_alternative", "must match one of \(branches.count) alternatives")
        }
        return isAnyValid
    }
}

struct SchemaOneOf: JSONSchemaApplicator {
    let branches: [Int]

    var inPlace: [Int] { branches }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        var count = 0
        for branch in branches where evaluation.probe(value, branch, &marks) {
            count += 1
            if count > 1 { break }
        }
        if count != 1 {
            evaluation.complain(
                count == 0 ? "no_alternative" : "ambiguous_alternative",
                "must match exactly one of \(branches.count) alternatives")
        }
        return count == 1
    }
}

struct SchemaNot: JSONSchemaApplicator {
    let branch: Int

    var inPlace: [Int] { [branch] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        var unmarked: JSONSchemaMarks?
        let isValid = evaluation.probe(value, branch, &unmarked)
        if isValid { evaluation.complain("excluded", "must not match the excluded schema") }
        return !isValid
    }
}

/// `if`, `then` and `else`
struct SchemaConditional: JSONSchemaApplicator {
    let test: Int
    let then: Int?
    let otherwise: Int?

    var inPlace: [Int] { [test, then, otherwise].compactMap(\.self) }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        guard let branch = evaluation.probe(value, test, &marks) ? then : otherwise else { return true }
        return evaluation.isValid(value, under: branch, &marks)
    }
}

/// One member of `dependentSchemas`: if the object has the member, it must be valid under the subschema.
struct SchemaDependent: JSONSchemaApplicator {
    let name: String
    let subschema: Int

    var inPlace: [Int] { [subschema] }

    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool {
        value[name] == nil || evaluation.isValid(value, under: subschema, &marks)
    }
}
