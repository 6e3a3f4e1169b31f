/// A keyword that checks a value by itself. Its error depends only on the schema, so that no detail can reveal anything
/// about a value.
enum JSONSchemaAssertion: Sendable {
    /// The schema `false`; `isAdditional` if it forbids members that the schema does not name.
    case never(isAdditional: Bool)
    case type(JSONKinds)
    /// `enum` and `const`.
    case among(JSONChoices)
    case multipleOf(JSONNumber)
    case minimum(JSONNumber)
    case maximum(JSONNumber)
    case exclusiveMinimum(JSONNumber)
    case exclusiveMaximum(JSONNumber)
    case minLength(Int)
    case maxLength(Int)
    case pattern(Pattern)
    case minItems(Int)
    case maxItems(Int)
    case uniqueItems
    case minProperties(Int)
    case maxProperties(Int)
    case required(String)
    /// The second is required if the first is present.
    case dependentRequired(String, String)

    func holds(for value: JSONValue, _ meter: inout StepMeter) -> Bool {
        switch (self, value) {
        case (.never, _): false
        case (.type(let kinds), _): kinds.contains(value)
        case (.among(let choices), _): choices.contains(value, &meter)
        case (.multipleOf(let divisor), .number(let number)): number.isMultiple(of: divisor)
        case (.minimum(let bound), .number(let number)): number >= bound
        case (.maximum(let bound), .number(let number)): number <= bound
        case (.exclusiveMinimum(let bound), .number(let number)): number > bound
        case (.exclusiveMaximum(let bound), .number(let number)): number < bound
        case (.minLength(let length), .string(let text)):
            meter.spend(text.utf8.count / 64) && text.unicodeScalars.count >= length
        case (.maxLength(let length), .string(let text)):
            meter.spend(text.utf8.count / 64) && text.unicodeScalars.count <= length
        case (.pattern(let pattern), .string(let text)): pattern.matches(text, &meter)
        case (.minItems(let count), .array(let elements)): elements.count >= count
        case (.maxItems(let count), .array(let elements)): elements.count <= count
        case (.uniqueItems, .array(let elements)):
            meter.spend(6 * value.size) && Set(elements).count == elements.count
        case (.minProperties(let count), .object(let members)): members.count >= count
        case (.maxProperties(let count), .object(let members)): members.count <= count
        case (.required(let name), .object(let members)): members[name] != nil
        case (.dependentRequired(let trigger, let name), .object(let members)):
            members[trigger] == nil || members[name] != nil
        default: true
        }
    }

    /// The error if it does not hold.
    var complaint: JSONSchemaComplaint {
        switch self {
        case .never(isAdditional: false): .init("not_allowed", "the schema allows no value here")
        case .never(isAdditional: true): .init("unknown_field", "unknown member")
        case .type(let kinds): .init("wrong_type", "must be of the type \(kinds)")
        case .among(let choices):
            .init("not_an_option", "must be one of the \(choices.count) values in the schema")
        case .multipleOf(let divisor): .init("not_a_multiple", "must be a multiple of \(divisor)")
        case .minimum(let bound): .init("too_small", "must be at least \(bound)")
        case .maximum(let bound): .init("too_large", "must be at most \(bound)")
        case .exclusiveMinimum(let bound): .init("too_small", "must be more than \(bound)")
        case .exclusiveMaximum(let bound): .init("too_large", "must be less than \(bound)")
        case .minLength(let length): .init("too_short", "must be at least \(length) characters")
        case .maxLength(let length): .init("too_long", "must be at most \(length) characters")
        case .pattern(let pattern): .init("pattern_mismatch", "must match the pattern \(pattern)")
        case .minItems(let count): .init("too_few_items", "must have at least \(count) items")
        case .maxItems(let count): .init("too_many_items", "must have at most \(count) items")
        case .uniqueItems: .init("duplicate_items", "must not have equal items")
        case .minProperties(let count): .init("too_few_members", "must have at least \(count) members")
        case .maxProperties(let count): .init("too_many_members", "must have at most \(count) members")
        case .required(let name), .dependentRequired(_, let name):
            .init("missing", "required", at: name)
        }
    }
}

struct JSONSchemaComplaint {
    let code: String
    let detail: String
    /// The member of the value with the error; nil for the value itself.
    let member: String?

    init(_ code: String, _ detail: String, at member: String? = nil) {
        self.code = code
        self.detail = detail
        self.member = member
    }
}

/// Kinds of values, with JSON Schema's names.
struct JSONKinds: Sendable, CustomStringConvertible {
    let names: [String]

    func contains(_ value: JSONValue) -> Bool {
        let kind = value.kindName
        return names.contains { $0 == kind || ($0 == "number" && kind == "integer") }
    }

    var description: String { names.joined(separator: " or ") }
}

/// Values to choose from, by JSON equality.
struct JSONChoices: Sendable {
    /// Numbers, strings and other scalars: found by their hash.
    private let scalars: Set<JSONValue>
    /// Arrays and objects: compared one by one, up to the first difference.
    private let composites: [JSONValue]
    /// The steps of comparing all composites.
    private let cost: Int

    init(_ values: [JSONValue]) {
        composites = values.filter { $0.arrayValue != nil || $0.objectValue != nil }
        scalars = Set(values.filter { $0.arrayValue == nil && $0.objectValue == nil })
        cost = composites.map(\.size).reduce(0, +)
    }

    var count: Int { scalars.count + composites.count }

    func contains(_ value: JSONValue, _ meter: inout StepMeter) -> Bool {
        switch value {
        case .array, .object: meter.spend(cost) && composites.contains(value)
        case .string(let text): meter.spend(text.utf8.count / 64) && scalars.contains(value)
        case .null, .bool, .number: scalars.contains(value)
        }
    }
}
