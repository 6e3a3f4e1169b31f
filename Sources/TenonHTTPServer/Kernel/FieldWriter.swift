package import TenonDomain
package import TenonKit

/// The body of a response: an object whose members `write` writes, one by one. Recording runs `write` on the example
/// and collects names and schemas for the OpenAPI document.
package protocol ReplyBody: ReplyValue, Representation {
    func write(to fields: inout FieldWriter)
    static var example: Self { get }
}

/// A value of a response's member.
package protocol ReplyValue: Sendable {
    func write(to writer: inout JSONWriter)
    /// A JSON Schema.
    static var schema: JSONValue { get }
}

/// Writes the members of an object.
package struct FieldWriter {
    /// A recorded member.
    package struct Property {
        package let name: String
        package let schema: JSONValue
        package let isRequired: Bool
    }

    @usableFromInline
    var writer: JSONWriter
    /// Nil when it writes.
    @usableFromInline
    var recorded: [Property]?

    private init(_ writer: JSONWriter, isRecording: Bool) {
        self.writer = writer
        recorded = isRecording ? [] : nil
    }

    package static func encode(_ body: some ReplyBody, into writer: inout JSONWriter) {
        var fields = FieldWriter(writer, isRecording: false)
        writer = JSONWriter(capacity: 0)
        fields.writer.beginObject()
        body.write(to: &fields)
        fields.writer.endObject()
        writer = fields.writer
    }

    package static func record<Body: ReplyBody>(_: Body.Type) -> [Property] {
        var fields = FieldWriter(JSONWriter(), isRecording: true)
        fields.writer.beginObject()
        Body.example.write(to: &fields)
        return fields.recorded ?? []
    }

    @inlinable
    package mutating func field<Value: ReplyValue>(_ name: String, _ value: Value) {
        recorded?.append(Property(name: name, schema: Value.schema, isRequired: true))
        writer.key(name)
        value.write(to: &writer)
    }

    /// A member that is omitted if there is no value.
    @inlinable
    package mutating func field<Value: ReplyValue>(_ name: String, ifPresent value: Value?) {
        recorded?.append(Property(name: name, schema: Value.schema, isRequired: false))
        guard let value else { return }
        writer.key(name)
        value.write(to: &writer)
    }

    /// A member that is `null` if there is no value.
    @inlinable
    package mutating func field<Value: ReplyValue>(_ name: String, _ value: Value?) {
        recorded?.append(Property(name: name, schema: .nullable(Value.schema), isRequired: true))
        writer.key(name)
        if let value { value.write(to: &writer) } else { writer.null() }
    }
}

extension JSONValue {
    /// The schema that also allows `null` (JSON Schema 2020-12).
    package static func nullable(_ schema: JSONValue) -> JSONValue {
        guard var object = schema.objectValue, let type = object["type"] else { return schema }
        // Null satisfies every rule on members, so it would match two alternatives at once.
        if object["oneOf"] != nil || object["anyOf"] != nil { return ["anyOf": [schema, ["type": "null"]]] }
        object["type"] = .array((type.arrayValue ?? [type]) + ["null"])
        if let choices = object["enum"]?.arrayValue { object["enum"] = .array(choices + [.null]) }
        return .object(object)
    }
}

extension ReplyBody {
    package func write(to writer: inout JSONWriter) {
        FieldWriter.encode(self, into: &writer)
    }

    package static var schema: JSONValue {
        let members = FieldWriter.record(Self.self)
        var properties = JSONObject()
        for member in members { properties[member.name] = member.schema }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(members.filter(\.isRequired).map { .string($0.name) }),
        ]
    }
}

extension String: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.string(self) }
    package static var schema: JSONValue { ["type": "string"] }
}

extension Bool: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.bool(self) }
}

extension Int64: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.integer(self) }
    package static var schema: JSONValue { ["type": "integer", "format": "int64"] }
}

extension JSONValue: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension JSONObject: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.value(.object(self)) }
    package static var schema: JSONValue { ["type": "object"] }
}

extension Timestamp: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.string(description) }
    package static var schema: JSONValue { ["type": "string", "format": "date-time"] }
    package static var example: Timestamp { Timestamp(millisecondsSince1970: 1_767_225_600_000) }
}

extension Identifier: ReplyValue, PathValue {
    package func write(to writer: inout JSONWriter) { writer.string(description) }

    package init?(segment: String) {
        self.init(segment)
    }

    package var segment: String { description }

    package init(field value: JSONValue) throws(Failure) {
        do {
            self = try Self.read(value.stringValue ?? "")
        } catch {
            throw .invalid([error])
        }
    }

    /// From a member or parameter; a segment of a path has its own failure.
    package static func read(_ text: String) throws(Violation) -> Self {
        guard let id = Self(text) else {
            throw Violation(code: "invalid_id", detail: "must be an id such as \(example)")
        }
        return id
    }

    package static var exampleJSON: JSONValue { .string(example.description) }
    package static var schema: JSONValue {
        // 26 digits of 5 bits hold 128: the first has 3 of them.
        ["type": "string", "pattern": .string("^\(Entity.idPrefix)_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    }
    package static var example: Self { Identifier(high: 0x019A_7A5B_3C00_7123, low: 0x8456_789A_BCDE_F012) }
}

extension Array: ReplyValue where Element: ReplyValue {
    package func write(to writer: inout JSONWriter) {
        writer.beginArray()
        for element in self { element.write(to: &writer) }
        writer.endArray()
    }

    package static var schema: JSONValue { ["type": "array", "items": Element.schema] }
}
