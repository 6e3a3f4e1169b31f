internal import TenonDomain

extension NamespaceName: TextFieldValue {
    static var schema: JSONValue {
        ["type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"]
    }
    static var exampleText: String { "production" }
}

extension ConfigKey: TextFieldValue {
    static var schema: JSONValue {
        ["type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$"]
    }
    static var exampleText: String { "database_url" }
}

extension ConfigValueType: ReplyValue, ChoiceFieldValue {
    func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

/// The rules of a value as they arrive: what they may say depends on the type.
struct ValidationSchemaField: FieldValue {
    let json: JSONValue

    init(field value: JSONValue) throws(Failure) {
        json = value
    }

    static var schema: JSONValue {
        [
            "type": "object",
            "description": """
            string: min_length, max_length, pattern (RE2 syntax); number: min_value, max_value, integer; \
            select: options (required)
            """,
        ]
    }
    static var example: Self { Self(json: exampleJSON) }
    static var exampleJSON: JSONValue { ["min_length": 3, "max_length": 50] }

    private init(json: JSONValue) {
        self.json = json
    }
}
