/// Compiles documents that are valid by the meta-schema.
struct JSONSchemaCompiler {
    private var document: JSONSchemaDocument
    private var compiled: [CompiledSubschema] = []
    private var instructions = 0

    init(charging budget: WorkBudget) {
        document = JSONSchemaDocument(budget: budget)
    }

    /// The dynamic anchors of each compiled resource.
    var dynamicAnchors: [DynamicAnchors] { document.resources.map(\.dynamicAnchors) }

    /// The approximate bytes of everything: an instruction has 16, and a subschema has arrays and tables.
    var footprint: Int {
        let source = document.located[0].json.size
        return 16 * instructions + 256 * compiled.count + 64 * source
    }

    /// Every subschema, the whole one first.
    mutating func compile(_ json: JSONValue) throws(KitError) -> [CompiledSubschema] {
        document.add(json, named: "")
        try finish()
        // A reference to the meta-schema appends its subschemas.
        while compiled.count < document.located.count { compiled.append(try subschema(at: compiled.count)) }
        try finish()
        refuseLoops()
        try finish()
        return compiled
    }

    private func finish() throws(KitError) {
        guard document.violations.isEmpty else { throw .invalid(document.violations) }
    }

    private mutating func subschema(at index: Int) throws(KitError) -> CompiledSubschema {
        let located = document.located[index]
        var subschema = CompiledSubschema(resource: located.resource)
        switch located.json {
        case .bool(false):
            let isAdditional = ["/additionalProperties", "/unevaluatedProperties"].contains(located.step)
            subschema.assertions = [.never(isAdditional: isAdditional)]
        case .object(let members):
            for (keyword, value) in members {
                if let assertion = assertion(keyword, value, at: index) { subschema.assertions.append(assertion) }
            }
            subschema.assertions += requirements(of: members)
            subschema.applicators = try references(of: members, at: index) + inPlace(members, at: index)
            subschema.applicators += ofMembers(members, at: index) + ofElements(members, at: index)
            if let rest = document.index("/unevaluatedItems", of: index) {
                subschema.unevaluated.append(SchemaUnevaluatedItems(subschema: rest))
            }
            if let rest = document.index("/unevaluatedProperties", of: index) {
                subschema.unevaluated.append(SchemaUnevaluatedMembers(subschema: rest))
            }
        default: break
        }
        return subschema
    }

    private mutating func assertion(_ keyword: String, _ value: JSONValue, at index: Int) -> JSONSchemaAssertion? {
        switch (keyword, value) {
        case ("type", .string(let kind)): .type(JSONKinds(names: [kind]))
        case ("type", .array(let kinds)): .type(JSONKinds(names: kinds.compactMap(\.stringValue)))
        case ("const", _): .among(JSONChoices([value]))
        case ("enum", .array(let values)): .among(JSONChoices(values))
        case ("multipleOf", .number(let divisor)): .multipleOf(divisor)
        case ("minimum", .number(let bound)): .minimum(bound)
        case ("maximum", .number(let bound)): .maximum(bound)
        case ("exclusiveMinimum", .number(let bound)): .exclusiveMinimum(bound)
        case ("exclusiveMaximum", .number(let bound)): .exclusiveMaximum(bound)
        case ("minLength", .number(let count)): .minLength(count.count)
        case ("maxLength", .number(let count)): .maxLength(count.count)
        case ("pattern", .string(let source)):
            pattern(source, at: index, "/pattern").map { .pattern($0) }
        case ("minItems", .number(let count)): .minItems(count.count)
        case ("maxItems", .number(let count)): .maxItems(count.count)
        case ("uniqueItems", true): .uniqueItems
        case ("minProperties", .number(let count)): .minProperties(count.count)
        case ("maxProperties", .number(let count)): .maxProperties(count.count)
        default: nil
        }
    }

    private func requirements(of members: JSONObject) -> [JSONSchemaAssertion] {
        var requirements: [JSONSchemaAssertion] = []
        for name in members["required"]?.arrayValue ?? [] {
            if let name = name.stringValue { requirements.append(.required(name)) }
        }
        for (trigger, names) in members["dependentRequired"]?.objectValue ?? JSONObject() {
            for name in names.arrayValue ?? [] {
                if let name = name.stringValue { requirements.append(.dependentRequired(trigger, name)) }
            }
        }
        return requirements
    }

    private mutating func pattern(_ source: String, at index: Int, _ step: String) -> Pattern? {
        do throws(PatternError) {
            let pattern = try Pattern(source, as: .ecma262)
            instructions += pattern.instructionCount
            if instructions <= JSONSchema.maxInstructions { return pattern }
            document.refuse(
                index, step, "schema_too_large",
                "the patterns of a schema must compile to at most \(JSONSchema.maxInstructions) instructions")
        } catch {
            document.refuse(index, step, error.code.rawValue, error.detail)
        }
        return nil
    }

    private mutating func references(
        of members: JSONObject, at index: Int
    ) throws(KitError) -> [any JSONSchemaApplicator] {
        var references: [any JSONSchemaApplicator] = []
        if let reference = members["$ref"]?.stringValue,
            let target = try document.target(of: reference, from: index, at: "$ref")
        {
            references.append(SchemaReference(target: target))
        }
        if let reference = members["$dynamicRef"]?.stringValue,
            let target = try document.target(of: reference, from: index, at: "$dynamicRef")
        {
            let anchor = ExactText(text: URIReference(reference).decodedFragment ?? "")
            let anchors = document.resources[document.located[target].resource].dynamicAnchors
            references.append(
                anchors[anchor] == target
                    ? SchemaDynamicReference(anchor: anchor, otherwise: target) : SchemaReference(target: target))
        }
        return references
    }

    /// The subschemas in a keyword's array.
    private func list(_ keyword: String, _ members: JSONObject, at index: Int) -> [Int] {
        (members[keyword]?.arrayValue ?? []).indices.compactMap { document.index("/\(keyword)/\($0)", of: index) }
    }

    /// The subschemas in a keyword's object, with their names.
    private func byName(_ keyword: String, _ members: JSONObject, at index: Int) -> [(name: String, subschema: Int)] {
        (members[keyword]?.objectValue ?? JSONObject()).compactMap { name, _ in
            document.index("/" + keyword + Violation.pointer(to: name), of: index).map { (name, $0) }
        }
    }

    private func inPlace(_ members: JSONObject, at index: Int) -> [any JSONSchemaApplicator] {
        var applicators: [any JSONSchemaApplicator] = []
        for (keyword, _) in members {
            switch keyword {
            case "allOf": applicators.append(SchemaAllOf(branches: list(keyword, members, at: index)))
            case "anyOf": applicators.append(SchemaAnyOf(branches: list(keyword, members, at: index)))
            case "oneOf": applicators.append(SchemaOneOf(branches: list(keyword, members, at: index)))
            case "not":
                if let branch = document.index("/not", of: index) { applicators.append(SchemaNot(branch: branch)) }
            case "if":
                guard let test = document.index("/if", of: index) else { continue }
                let (then, otherwise) = (document.index("/then", of: index), document.index("/else", of: index))
                applicators.append(SchemaConditional(test: test, then: then, otherwise: otherwise))
            case "dependentSchemas":
                applicators += byName(keyword, members, at: index).map {
                    SchemaDependent(name: $0.name, subschema: $0.subschema)
                }
            default: break
            }
        }
        return applicators
    }

    private mutating func ofMembers(_ members: JSONObject, at index: Int) -> [any JSONSchemaApplicator] {
        var rules = SchemaProperties()
        for (name, subschema) in byName("properties", members, at: index) {
            rules.named[ExactText(text: name)] = subschema
        }
        for (source, subschema) in byName("patternProperties", members, at: index) {
            let step = "/patternProperties" + Violation.pointer(to: source)
            if let pattern = pattern(source, at: index, step) { rules.patterned.append((pattern, subschema)) }
        }
        rules.additional = document.index("/additionalProperties", of: index)
        var applicators: [any JSONSchemaApplicator] = []
        if !rules.named.isEmpty || !rules.patterned.isEmpty || rules.additional != nil { applicators.append(rules) }
        if let names = document.index("/propertyNames", of: index) { applicators.append(SchemaNames(subschema: names)) }
        return applicators
    }

    private func ofElements(_ members: JSONObject, at index: Int) -> [any JSONSchemaApplicator] {
        var applicators: [any JSONSchemaApplicator] = []
        let prefix = list("prefixItems", members, at: index)
        let rest = document.index("/items", of: index)
        if !prefix.isEmpty || rest != nil { applicators.append(SchemaElements(prefix: prefix, rest: rest)) }
        if let contained = document.index("/contains", of: index) {
            let atLeast = members["minContains"]?.numberValue?.count ?? 1
            let atMost = members["maxContains"]?.numberValue?.count
            applicators.append(SchemaContains(subschema: contained, atLeast: atLeast, atMost: atMost))
        }
        return applicators
    }

    /// Refuses subschemas that refer to themselves on the same value, whose evaluation would never end. Loops through
    /// dynamic references alone are found during evaluation, by their depth.
    private mutating func refuseLoops() {
        enum Visit { case none, open, done }
        var visits = [Visit](repeating: .none, count: compiled.count)
        for start in compiled.indices where visits[start] == .none {
            var way = [(index: start, ahead: compiled[start].applicators.flatMap(\.inPlace))]
            visits[start] = .open
            while let (index, ahead) = way.last {
                guard let next = ahead.last else {
                    visits[index] = .done
                    way.removeLast()
                    continue
                }
                way[way.count - 1].ahead.removeLast()
                switch visits[next] {
                case .none:
                    visits[next] = .open
                    way.append((next, compiled[next].applicators.flatMap(\.inPlace)))
                case .open:
                    document.refuse(
                        index, "", "reference_loop", "references must not form a loop on the same value")
                case .done: break
                }
            }
        }
    }
}

extension JSONNumber {
    /// A number of items, which the meta-schema has checked to be whole and not negative.
    fileprivate var count: Int { Int(int64 ?? .max) }
}
