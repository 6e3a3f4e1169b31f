public import TenonKit

extension ValidationSchema {
    /// The maximum bytes of `json_schema` as compact JSON.
    public static let maxJSONSchemaLength = 65536

    /// Parses the rules for a type, in the format of the API and the stores. Nil and `{}` mean no rules, which all
    /// types but `select` allow. Violations point from the schema's root. Also fails like `RequestBudget.spend`.
    public init(
        _ json: JSONValue?, for type: ConfigValueType, charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        var members = try SchemaMembers(json, charging: budget)
        switch type {
        case .string:
            self = .string(
                StringRules(
                    minLength: members.length("min_length"), maxLength: members.length("max_length"),
                    pattern: try members.pattern("pattern")))
        case .number:
            self = .number(
                NumberRules(
                    minValue: members.number("min_value"), maxValue: members.number("max_value"),
                    integer: members.flag("integer")))
        case .select: self = .select(SelectRules(options: try members.options("options")))
        case .boolean: self = .boolean
        case .json: self = .json(try members.jsonSchema("json_schema"))
        }
        try members.finish(refusingContradictionsOf: self, for: type)
    }

    /// The rules as JSON; nil if there are none.
    public var json: JSONValue? {
        var members = JSONObject()
        switch self {
        case .string(let rules):
            members["min_length"] = rules.minLength.map { .integer(Int64($0)) }
            members["max_length"] = rules.maxLength.map { .integer(Int64($0)) }
            members["pattern"] = rules.pattern.map { .string($0.source) }
        case .number(let rules):
            members["min_value"] = rules.minValue.map { .number($0) }
            members["max_value"] = rules.maxValue.map { .number($0) }
            members["integer"] = rules.integer ? true : nil
        case .select(let rules): members["options"] = .array(rules.options.map { .string($0) })
        case .json(let schema): members["json_schema"] = schema?.source
        case .boolean: break
        }
        return members.isEmpty ? nil : .object(members)
    }
}

/// Removes the members one by one, collects errors, and refuses the remaining members.
private struct SchemaMembers {
    private var object = JSONObject()
    private var taken: Set<String> = []
    private var violations: [Violation] = []
    private let budget: RequestBudget

    init(_ json: JSONValue?, charging budget: RequestBudget) throws(Failure) {
        self.budget = budget
        switch json {
        case nil, .null: break
        case .object(let object): self.object = object
        case .some: throw .invalid("wrong_type", "must be a JSON object")
        }
    }

    private mutating func take(_ name: String) -> JSONValue? {
        taken.insert(name)
        if case .null? = object[name] { return nil }
        return object[name]
    }

    private mutating func refuse(_ name: String, _ code: String, _ detail: String) {
        violations.append(Violation(pointer: "/\(name)", code: code, detail: detail))
    }

    mutating func length(_ name: String) -> Int? {
        guard let value = take(name) else { return nil }
        guard case .number(let number) = value, let length = number.int64, (0...1_048_576).contains(length) else {
            refuse(name, "invalid_length", "must be a whole number from 0 to 1048576")
            return nil
        }
        return Int(length)
    }

    mutating func number(_ name: String) -> JSONNumber? {
        guard let value = take(name) else { return nil }
        guard case .number(let number) = value else {
            refuse(name, "wrong_type", "must be a JSON number")
            return nil
        }
        return number
    }

    mutating func flag(_ name: String) -> Bool {
        guard let value = take(name) else { return false }
        guard case .bool(let flag) = value else {
            refuse(name, "wrong_type", "must be true or false")
            return false
        }
        return flag
    }

    mutating func pattern(_ name: String) throws(Failure) -> Pattern? {
        guard let value = take(name) else { return nil }
        guard case .string(let source) = value else {
            refuse(name, "wrong_type", "must be a JSON string")
            return nil
        }
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(source, as: .ecma262)
        } catch {
            refuse(name, error.code.rawValue, error.detail)
            return nil
        }
        try budget.spend(3 * pattern.instructionCount)
        return pattern
    }

    mutating func options(_ name: String) throws(Failure) -> [String] {
        guard case .array(let items)? = take(name), (1...1000).contains(items.count) else {
            refuse(name, "invalid_options", "must have 1 to 1000 options")
            return []
        }
        try budget.spend(10 * items.count)
        let texts = items.compactMap { item -> String? in
            if case .string(let text) = item { text } else { nil }
        }
        guard texts.count == items.count, Set(items).count == items.count else {
            refuse(name, "invalid_options", "must be distinct strings")
            return []
        }
        return texts
    }

    mutating func jsonSchema(_ name: String) throws(Failure) -> JSONSchema? {
        guard let value = take(name) else { return nil }
        guard value.encoded().count <= ValidationSchema.maxJSONSchemaLength else {
            refuse(
                name, "schema_too_large",
                "must be at most \(ValidationSchema.maxJSONSchemaLength) bytes as compact JSON")
            return nil
        }
        do throws(Failure) {
            return try budget.charge { budget throws(KitError) in try JSONSchema(value, charging: budget) }
        } catch {
            guard !error.endsRequest else { throw error }
            violations += error.violations.map { $0.nested(under: "/\(name)") }
            return nil
        }
    }

    mutating func finish(
        refusingContradictionsOf schema: ValidationSchema, for type: ConfigValueType
    ) throws(Failure) {
        for (name, _) in object where !taken.contains(name) {
            violations.append(
                Violation(
                    pointer: Violation.pointer(to: name), code: "unknown_field",
                    detail: "unknown member for the type \(type.rawValue)"))
        }
        switch schema {
        case .string(let rules):
            if let low = rules.minLength, let high = rules.maxLength, low > high {
                refuse("min_length", "empty_range", "must be at most max_length")
            }
        case .number(let rules):
            if let low = rules.minValue, let high = rules.maxValue, low > high {
                refuse("min_value", "empty_range", "must be at most max_value")
            }
        case .select, .boolean, .json: break
        }
        guard violations.isEmpty else { throw .invalid(violations) }
    }
}
