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
            throw .invalid("wrong_type", "This is a string, not \(value.kindName).")
        }
        do {
            try self.init(text)
        } catch {
            throw .invalid([error])
        }
    }

    package static var exampleJSON: JSONValue { .string(exampleText) }

    /// The example is part of the code: one that is refused is found by every test of the catalog.
    package static var example: Self {
        do {
            return try Self(exampleText)
        } catch {
            preconditionFailure("The example of \(Self.self) is refused: \(error.detail)")
        }
    }
}

/// A choice among names.
package protocol ChoiceFieldValue: FieldValue, RawRepresentable<String>, CaseIterable {}

extension ChoiceFieldValue {
    package init(field value: JSONValue) throws(Failure) {
        let names = Self.allCases.map(\.rawValue)
        guard let text = value.stringValue, let choice = Self(rawValue: text) else {
            throw .invalid("not_an_option", "This is one of \(names.joined(separator: ", ")).")
        }
        self = choice
    }

    package static var schema: JSONValue {
        ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })]
    }

    package static var example: Self { allCases.first! }
    package static var exampleJSON: JSONValue { .string(example.rawValue) }
}

extension Bool: FieldValue {
    package init(field value: JSONValue) throws(Failure) {
        guard let flag = value.boolValue else {
            throw .invalid("wrong_type", "This is true or false, not \(value.kindName).")
        }
        self = flag
    }

    package static var schema: JSONValue { ["type": "boolean"] }
    package static var example: Bool { false }
    package static var exampleJSON: JSONValue { false }
}

extension Timestamp: FieldValue {
    package init(field value: JSONValue) throws(Failure) {
        guard let moment = value.stringValue.flatMap({ Timestamp($0) }) else {
            throw .invalid("invalid_moment", "This is a time by RFC 3339, such as 2026-01-01T00:00:00Z.")
        }
        self = moment
    }

    package static var exampleJSON: JSONValue { .string(example.description) }
}

extension JSONValue: FieldValue {
    package init(field value: JSONValue) throws(Failure) { self = value }

    package static var schema: JSONValue { [:] }
    package static var example: JSONValue { exampleJSON }
    package static var exampleJSON: JSONValue { "postgresql://localhost:5432/mydb" }
}

/// A password or token as it arrives: any text within the bounds; its rules are the use case's.
extension Secret: TextFieldValue {
    package static var schema: JSONValue {
        ["type": "string", "format": "password", "minLength": 1, "maxLength": 4096]
    }
    package static var exampleText: String { "SecurePassword123" }

    /// The length counts what JSON Schema counts, Unicode scalars.
    package init(_ text: String) throws(Violation) {
        guard (1...4096).contains(text.unicodeScalars.count) else {
            throw Violation(code: "invalid_length", detail: "This has 1 to 4096 characters.")
        }
        self.init(text.utf8)
    }
}

extension DisplayName: TextFieldValue {
    /// One line: no control characters.
    package static var schema: JSONValue {
        ["type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000-\\u001F\\u007F-\\u009F]*$"]
    }
    package static var exampleText: String { "Admin User" }
}

extension Description: TextFieldValue {
    /// No control characters but line feed and tab.
    package static var schema: JSONValue {
        [
            "type": "string", "maxLength": 2000,
            "pattern": "^[^\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F]*$",
        ]
    }
    package static var exampleText: String { "Production environment configurations" }
}

/// An object within a body, read as bodies are.
package protocol ObjectFieldValue: FieldValue, RequestBody {}

extension ObjectFieldValue {
    package init(field value: JSONValue) throws(Failure) {
        self = try FieldReader.decode(value)
    }

    package static var schema: JSONValue { objectSchema }
    package static var exampleJSON: JSONValue { objectExample }

    /// An object without members. Traps where one is required.
    package static var empty: Self {
        do {
            return try Self(field: [:])
        } catch {
            preconditionFailure("\(Self.self) has required members: \(error.detail)")
        }
    }
}
