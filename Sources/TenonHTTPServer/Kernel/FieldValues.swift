package import TenonDomain
package import TenonKit

/// A value object that is a string with a grammar.
package protocol TextFieldValue: FieldValue {
    init(_ text: String) throws(Violation)
    static var exampleText: String { get }
}

extension TextFieldValue {
    package init(field value: JSONValue) throws(Failure) {
        guard let text = value.stringValue else {
            throw .invalid("wrong_type", "must be a string, got \(value.kindName)")
        }
        do {
            try self.init(text)
        } catch {
            throw .invalid([error])
        }
    }

    package static var exampleJSON: JSONValue { .string(exampleText) }

    /// The example is part of the code: every test of the catalog finds an invalid one.
    package static var example: Self {
        do {
            return try Self(exampleText)
        } catch {
            preconditionFailure("The example of \(Self.self) is refused: \(error.detail)")
        }
    }
}

/// A text value as a member, in a path and in a response; its rule is declared with the type.
package protocol TextMember: TextValue, TextFieldValue, PathValue, ReplyValue {}

extension TextMember {
    package static var schema: JSONValue { rule.schema }
    package static var exampleText: String { rule.example }
    package var segment: String { text }
    package func write(to writer: inout JSONWriter) { writer.string(text) }
}

extension TextRule {
    /// A JSON Schema.
    package var schema: JSONValue {
        var schema = JSONObject()
        schema["type"] = "string"
        if let format { schema["format"] = .string(format) }
        if length.lowerBound > 0 { schema["minLength"] = .integer(Int64(length.lowerBound)) }
        schema["maxLength"] = .integer(Int64(length.upperBound))
        if let pattern { schema["pattern"] = .string(pattern) }
        if let note { schema["description"] = .string(note) }
        return .object(schema)
    }
}

extension DisplayName: TextMember {}
extension Description: TextMember {}

/// A choice among names.
package protocol ChoiceFieldValue: FieldValue, ReplyValue, RawRepresentable<String>, CaseIterable {}

extension ChoiceFieldValue {
    package init(field value: JSONValue) throws(Failure) {
        let names = Self.allCases.map(\.rawValue)
        guard let text = value.stringValue, let choice = Self(rawValue: text) else {
            throw .invalid("not_an_option", "must be one of \(names.joined(separator: ", "))")
        }
        self = choice
    }

    package static var schema: JSONValue {
        ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })]
    }

    package static var example: Self { allCases.first! }
    package static var exampleJSON: JSONValue { .string(example.rawValue) }
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension Bool: FieldValue {
    package init(field value: JSONValue) throws(Failure) {
        guard let flag = value.boolValue else {
            throw .invalid("wrong_type", "must be true or false, got \(value.kindName)")
        }
        self = flag
    }

    package static var schema: JSONValue { ["type": "boolean"] }
    package static var example: Bool { false }
    package static var exampleJSON: JSONValue { false }
}

extension Timestamp: FieldValue {
    package init(field value: JSONValue) throws(Failure) {
        guard let text = value.stringValue else {
            throw .invalid("wrong_type", "must be a string, got \(value.kindName)")
        }
        do {
            self = try Self.read(text)
        } catch {
            throw .invalid([error])
        }
    }

    /// Reads a time of a request (RFC 3339).
    package static func read(_ text: String) throws(Violation) -> Timestamp {
        guard let time = Timestamp(text) else {
            throw Violation(code: "invalid_time", detail: "must be a time by RFC 3339, such as 2026-01-01T00:00:00Z")
        }
        return time
    }

    package static var exampleJSON: JSONValue { .string(example.description) }
}

extension JSONValue: FieldValue {
    package init(field value: JSONValue) throws(Failure) { self = value }

    package static var schema: JSONValue { [:] }
    package static var example: JSONValue { exampleJSON }
    package static var exampleJSON: JSONValue { "postgresql://localhost:5432/mydb" }
}

/// A password or token as received: any text within the limits; the use case has the rules.
extension Secret: TextFieldValue {
    package static var schema: JSONValue {
        ["type": "string", "format": "password", "minLength": 1, "maxLength": 4096]
    }
    package static var exampleText: String { "SecurePassword123" }

    /// The length is in Unicode scalars, as in JSON Schema.
    package init(_ text: String) throws(Violation) {
        guard (1...4096).contains(text.unicodeScalars.count) else {
            throw Violation(code: "invalid_length", detail: "must be 1 to 4096 characters")
        }
        self.init(text.utf8)
    }
}

/// An object within a body, read like a body.
package protocol ObjectFieldValue: FieldValue, RequestBody {}

extension ObjectFieldValue {
    package init(field value: JSONValue) throws(Failure) {
        self = try FieldReader.decode(value, by: Self.init)
    }

    package static var schema: JSONValue { object.schema }
    package static var exampleJSON: JSONValue { object.example }

    /// An object without members. Traps if one is required.
    package static var empty: Self {
        do {
            return try Self(field: [:])
        } catch {
            preconditionFailure("\(Self.self) has required members: \(error.detail)")
        }
    }
}
