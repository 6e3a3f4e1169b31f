package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

extension NamespaceName: TextMember {}
extension ConfigKey: TextMember {}

extension ConfigValueType: ChoiceFieldValue {}

extension ConfigChange: ChoiceFieldValue {}

extension ConfigTags: FieldValue {
    package init(field value: JSONValue) throws(Failure) {
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count else {
            throw .invalid("wrong_type", "must be an array of strings")
        }
        try self.init(texts)
    }

    package static var schema: JSONValue {
        [
            "type": "array", "maxItems": .integer(Int64(maximum)), "uniqueItems": true,
            "items": ConfigTag.rule.schema,
        ]
    }
    package static var exampleJSON: JSONValue { ["database", "team:platform"] }
    package static var example: ConfigTags { .none }
}

extension ChangeComment: TextMember {}

extension ConfigValueType {
    /// The schema of a body with this type: the value's type, and the rules for it.
    var bodySchema: JSONValue {
        var properties = JSONObject()
        properties["value_type"] = ["type": "string", "const": .string(rawValue)]
        properties["value"] = valueSchema
        properties["validation_schema"] = [
            "type": self == .select ? "object" : ["object", "null"], "properties": rules,
            "additionalProperties": false, "required": self == .select ? ["options"] : [],
        ]
        return [
            "properties": .object(properties), "required": self == .select ? ["validation_schema"] : [],
        ]
    }

    /// No body may contain U+0000.
    private static let text: JSONValue = ["type": "string", "pattern": "^[^\\u0000]*$"]

    private var valueSchema: JSONValue {
        switch self {
        case .string, .select: Self.text
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .json: [:]
        }
    }

    private var rules: JSONValue {
        let length: JSONValue = ["type": ["integer", "null"], "minimum": 0, "maximum": 1_048_576]
        switch self {
        case .string:
            return [
                "min_length": length, "max_length": length,
                "pattern": [
                    "type": ["string", "null"], "pattern": "^[^\\u0000]*$",
                    "description":
                        "RE2 syntax, with ECMA-262's \\s, . and \\u; matches anywhere, so anchor it with ^ and $.",
                ],
            ]
        case .number:
            return [
                "min_value": ["type": ["number", "null"]], "max_value": ["type": ["number", "null"]],
                "integer": ["type": ["boolean", "null"]],
            ]
        case .select:
            return [
                "options": [
                    "type": "array", "items": Self.text, "minItems": 1, "maxItems": 1000,
                    "uniqueItems": true,
                ]
            ]
        case .json:
            return [
                "json_schema": [
                    "type": ["object", "boolean", "null"],
                    "description": "A JSON Schema of draft 2020-12 without external references.",
                ]
            ]
        case .boolean: return [:]
        }
    }
}

/// The rules of a value as received; the allowed members depend on the type.
struct ValidationSchemaField: FieldValue, Equatable {
    let json: JSONValue

    init(field value: JSONValue) throws(Failure) {
        json = value
    }

    static var schema: JSONValue {
        [
            "type": "object",
            "description": """
            string: min_length, max_length, pattern (RE2 syntax); number: min_value, max_value, integer; \
            select: options (required); json: json_schema (JSON Schema, draft 2020-12)
            """,
        ]
    }
    static var example: Self { Self(json: exampleJSON) }
    static var exampleJSON: JSONValue { ["min_length": 3, "max_length": 50] }

    private init(json: JSONValue) {
        self.json = json
    }
}
