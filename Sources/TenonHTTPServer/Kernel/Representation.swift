internal import TenonDomain
package import TenonKit

/// The success response of an operation, as bytes of a media type.
package protocol Representation: Sendable {
    /// All possible media types.
    static var mediaTypes: [String] { get }
    /// One of them.
    var mediaType: String { get }
    var bytes: [UInt8] { get }
    /// Replaces `bytes` if all responses are the same document.
    var shared: SharedDocument? { get }
    /// Replaces `bytes` for a streaming body; nil for a complete one.
    var stream: StreamedBody? { get }
    /// A JSON Schema.
    static var schema: JSONValue { get }
    /// For the documentation.
    static var exampleJSON: JSONValue { get }
    /// The name of a schema that several operations share; nil inlines it.
    static var schemaName: String? { get }
    /// Each media type separately, if their schemas differ.
    static var media: [MediaDescription] { get }
}

extension Representation {
    package var mediaType: String { Self.mediaTypes[0] }
    package var shared: SharedDocument? { nil }
    package var stream: StreamedBody? { nil }

    package static var media: [MediaDescription] {
        mediaTypes.map { MediaDescription($0, schemaName: schemaName, schema: schema, example: exampleJSON) }
    }
}

/// No content: the status `noContent`.
package struct NoReply: Representation {
    package init() {}

    package var mediaType: String { "" }
    package var bytes: [UInt8] { [] }

    package static var mediaTypes: [String] { [] }
    package static var schema: JSONValue { [:] }
    package static var exampleJSON: JSONValue { .null }
    package static var schemaName: String? { nil }
}

extension ReplyBody {
    package static var mediaTypes: [String] { ["application/json"] }

    package var bytes: [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        FieldWriter.encode(self, into: &writer)
        return writer.bytes
    }

    package static var exampleJSON: JSONValue {
        (try? JSONParser.parse(example.bytes)) ?? .null
    }

    /// `ConfigReply` is `ConfigReply`; a `Reply` inside of an endpoint carries the endpoint's name.
    package static var schemaName: String? {
        let name = String(describing: Self.self)
        guard name == "Reply" else { return name }
        let path = String(reflecting: Self.self).split(separator: ".")
        return path.dropLast().last.map { ($0.hasSuffix("Endpoint") ? String($0.dropLast(8)) : String($0)) + "Reply" }
    }
}

/// Text of one media type, such as an HTML page.
package protocol TextRepresentation: Representation {
    var text: String { get }
}

extension TextRepresentation {
    package var bytes: [UInt8] { Array(text.utf8) }
    package static var schema: JSONValue { ["type": "string"] }
    package static var schemaName: String? { nil }
}
