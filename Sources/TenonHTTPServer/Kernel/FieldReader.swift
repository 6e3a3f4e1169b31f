package import TenonDomain
package import TenonKit

/// The body of a request: an object whose members the initialiser reads, one by one.
///
/// The same initialiser has two modes: to decode a request, in which it collects all errors, and to record its members
/// for the OpenAPI document.
package protocol RequestBody: RequestPayload {
    init(from fields: inout FieldReader)
    /// The members of the documentation's example in addition to the required ones.
    static var exampleMembers: Set<String> { get }
    /// Rules between members: keywords of JSON Schema beside `properties`.
    static var relations: JSONObject { get }
}

extension RequestBody {
    package static var exampleMembers: Set<String> { [] }
    package static var relations: JSONObject { JSONObject() }
}

extension JSONObject {
    /// Exactly one of the schemas must match.
    package static func oneOf(_ choices: JSONValue...) -> JSONObject {
        var keywords = JSONObject()
        keywords["oneOf"] = .array(choices)
        return keywords
    }

    /// At least one of the schemas must match.
    package static func anyOf(_ choices: JSONValue...) -> JSONObject {
        var keywords = JSONObject()
        keywords["anyOf"] = .array(choices)
        return keywords
    }
}

/// A value of a request's member.
package protocol FieldValue: Sendable {
    /// The violations point from the value itself.
    init(field value: JSONValue) throws(Failure)
    /// A JSON Schema.
    static var schema: JSONValue { get }
    /// Shown in the documentation, and used instead of a refused value until the whole body is refused.
    static var example: Self { get }
    /// The example as JSON.
    static var exampleJSON: JSONValue { get }
}

/// Reads the members of a JSON object.
package struct FieldReader {
    /// A member that the initialiser reads.
    package struct Property {
        package let name: String
        package let schema: JSONValue
        package let example: JSONValue
        package let isRequired: Bool
    }

    private let object: JSONObject?
    package private(set) var properties: [Property] = []
    private var violations: [Violation] = []

    /// Nil means recording.
    private init(_ object: JSONObject?) {
        self.object = object
    }

    /// Fails as invalid with everything that is wrong.
    package static func decode<Body>(_ json: JSONValue, by read: (inout FieldReader) -> Body) throws(Failure) -> Body {
        guard let object = json.objectValue else {
            throw .invalid("wrong_type", "must be a JSON object, got \(json.kindName)")
        }
        var reader = FieldReader(object)
        let body = read(&reader)
        try reader.finish()
        return body
    }

    package static func record<Body>(_ read: (inout FieldReader) -> Body) -> [Property] {
        var reader = FieldReader(nil)
        _ = read(&reader)
        return reader.properties
    }

    /// - Parameter example: Replaces the type's own example in the documentation.
    package mutating func required<Value: FieldValue>(
        _ name: String, as _: Value.Type = Value.self, example: JSONValue = Value.exampleJSON
    ) -> Value {
        if let value = read(name, Value.self, isRequired: true, example: example) { return value }
        if let object, object[name] == nil {
            refuse(name, [Violation(code: "missing", detail: "required")])
        }
        return Value.example
    }

    /// An optional member; `null` means missing.
    package mutating func optional<Value: FieldValue>(_ name: String, as _: Value.Type = Value.self) -> Value? {
        if let value = object?[name], value.isNull {
            note(name, Value.self, isRequired: false)
            return nil
        }
        return read(name, Value.self, isRequired: false)
    }

    /// A member of a merge patch, where `null` deletes the current value.
    package mutating func patched<Value: FieldValue>(_ name: String, as _: Value.Type = Value.self) -> PatchMember<
        Value
    > {
        if let value = object?[name], value.isNull {
            note(name, Value.self, isRequired: false)
            return .removed
        }
        return read(name, Value.self, isRequired: false).map { .set($0) } ?? .absent
    }

    /// A value derived from several members. Runs only if nothing was refused so far; otherwise, and when recording,
    /// returns the placeholder, which only a discarded body contains.
    package mutating func derived<Value>(
        orPlaceholder placeholder: @autoclosure () -> Value, _ make: () throws(Failure) -> Value
    ) -> Value {
        guard object != nil, violations.isEmpty else { return placeholder() }
        do {
            return try make()
        } catch {
            violations += error.violations
            return placeholder()
        }
    }

    private mutating func read<Value: FieldValue>(
        _ name: String, _: Value.Type, isRequired: Bool, example: JSONValue = Value.exampleJSON
    ) -> Value? {
        note(name, Value.self, isRequired: isRequired, example: example)
        guard let value = object?[name] else { return nil }
        do {
            return try Value(field: value)
        } catch {
            refuse(name, error.violations)
            return nil
        }
    }

    private mutating func note<Value: FieldValue>(
        _ name: String, _: Value.Type, isRequired: Bool, example: JSONValue = Value.exampleJSON
    ) {
        properties.append(Property(name: name, schema: Value.schema, example: example, isRequired: isRequired))
    }

    /// Reports an error of a member.
    package mutating func refuse(_ name: String, _ reasons: [Violation]) {
        violations += reasons.map { $0.nested(under: Violation.pointer(to: name)) }
    }

    private mutating func finish() throws(Failure) {
        guard let object else { return }
        for (name, _) in object where !properties.contains(where: { $0.name == name }) {
            violations.append(
                Violation(
                    pointer: Violation.pointer(to: name), code: "unknown_field",
                    detail: "unknown member"))
        }
        guard violations.isEmpty else { throw .invalid(violations) }
    }
}
