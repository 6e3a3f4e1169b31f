internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

extension PolicyStatus: ChoiceFieldValue {}

extension PolicyText: TextMember {}

extension SubjectName: TextFieldValue {
    package static var schema: JSONValue {
        [
            "type": "string",
            "pattern":
                "^(user:usr_[0-7][0-9a-hjkmnp-tv-z]{25}|key:key_[0-7][0-9a-hjkmnp-tv-z]{25}|role:[a-z0-9][a-z0-9_-]{0,62})$",
        ]
    }
    package static var exampleText: String { "role:member" }
}

/// One permission.
extension Permission: TextFieldValue, ReplyValue {
    package init(_ text: String) throws(Violation) {
        guard let permission = Permission(named: text) else {
            throw Violation(code: "unknown_permission", detail: "must be the name of a permission")
        }
        self = permission
    }

    package static var schema: JSONValue { ["type": "string", "enum": .array(all.map { .string($0.name) })] }
    package static var exampleText: String { "configs:write" }
    package func write(to writer: inout JSONWriter) { writer.string(name) }
}

/// Attributes of the resource in a question.
struct ResourceDescription: ObjectFieldValue {
    let resource: PolicyResource

    static var exampleMembers: Set<String> { ["kind", "key"] }

    init(from fields: inout FieldReader) {
        var members = JSONObject()
        for name in PolicyResource.textMembers {
            if let text = fields.optional(name, as: ResourceAttribute.self) { members[name] = .string(text.text) }
        }
        if let isSecret = fields.optional("is_secret", as: Bool.self) { members["is_secret"] = .bool(isSecret) }
        resource = PolicyResource(described: members)
    }

    static var example: ResourceDescription { empty }
}

struct ResourceAttribute: TextMember {
    static let rule = TextRule(0...1024, code: "invalid_length", example: "config")

    let text: String

    init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

/// The values of a request to a policy's own model: texts, numbers, objects with attributes.
struct RequestValues: FieldValue {
    /// More than any reasonable model has.
    private static let maxCount = 50

    let values: [JSONValue]

    init(field value: JSONValue) throws(Failure) {
        guard let values = value.arrayValue, values.count <= Self.maxCount else {
            throw .invalid("wrong_type", "must be an array of at most \(Self.maxCount) values")
        }
        self.values = values
    }

    private init() {
        values = []
    }

    static var schema: JSONValue { ["type": "array", "maxItems": .integer(Int64(maxCount))] }
    static var example: RequestValues { RequestValues() }
    static var exampleJSON: JSONValue { ["ada", "ledger", "read"] }
}

/// The number of a set of definitions: `2` for `r2`, `p2`, `e2` and `m2`.
struct DefinitionsNumber: TextMember {
    static let rule = TextRule(
        0...2, .word("0-9", mayBeEmpty: true), code: "invalid_context",
        "be the number of an `m2` of the model, such as 2", example: "2")

    let text: String

    init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
