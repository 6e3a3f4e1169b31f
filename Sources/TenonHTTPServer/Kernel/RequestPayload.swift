package import NIOCore
package import TenonDomain
package import TenonKit

/// The kind of a request's body: a JSON object (`RequestBody`), text of some media type (`TextBody`), or none.
package protocol RequestPayload: Sendable {
    /// Nil if no body is accepted.
    static func description(for method: Operation.Method) -> RequestDescription?
    init(_ content: RequestContent) throws(Failure)
}

/// The content of a request that passed the checks of its description.
package enum RequestContent: Sendable {
    case none
    case json(JSONValue)
    case text(ByteBuffer, mediaType: String)
}

/// The body of an operation.
package enum RequestDescription: Sendable {
    case object(ObjectDescription)
    /// Unparsed, in one of these media types.
    case text([MediaDescription])

    package struct ObjectDescription: Sendable {
        package let properties: [FieldReader.Property]
        /// If no member is required, a missing body means an object without members.
        package let isRequired: Bool
        /// The documented media types; any other `application/…+json` is accepted as well.
        package let media: [MediaDescription]
    }

    /// Whether the request must have a body.
    package var isRequired: Bool {
        switch self {
        case .object(let object): object.isRequired
        case .text: true
        }
    }

    package var media: [MediaDescription] {
        switch self {
        case .object(let object): object.media
        case .text(let media): media
        }
    }
}

/// For operations without a body.
package struct NoBody: RequestPayload {
    package static func description(for method: Operation.Method) -> RequestDescription? { nil }
    package init(_ content: RequestContent) {}
}

/// A body that is not a JSON object, such as a file: its bytes as received.
package protocol TextBody: RequestPayload {
    /// The accepted ones, lower case and without parameters.
    static var media: [MediaDescription] { get }
    /// `mediaType` is one of them. The bytes are not validated as UTF-8 yet.
    init(bytes: [UInt8], mediaType: String) throws(Failure)
}

extension TextBody {
    package static func description(for method: Operation.Method) -> RequestDescription? { .text(media) }

    package init(_ content: RequestContent) throws(Failure) {
        guard case .text(let buffer, let mediaType) = content else { throw .bug("A text body was not read as one") }
        try self.init(bytes: Array(buffer.readableBytesView), mediaType: mediaType)
    }
}

extension RequestBody {
    package static func description(for method: Operation.Method) -> RequestDescription? {
        .object(RequestDescription.ObjectDescription(Self.self, method))
    }

    package init(_ content: RequestContent) throws(Failure) {
        guard case .json(let json) = content else { throw .bug("A JSON body was not read as one") }
        self = try FieldReader.decode(json, by: Self.init)
    }
}

extension RequestDescription.ObjectDescription {
    fileprivate init<Body: RequestBody>(_: Body.Type, _ method: Operation.Method) {
        self.init(Body.object, named: "\(Body.owner)Body", method)
    }

    package init(_ object: ObjectSchema, named name: String, _ method: Operation.Method) {
        properties = object.properties
        isRequired =
            properties.contains(where: \.isRequired) || object.relations["oneOf"] != nil
            || object.relations["anyOf"] != nil
        // RFC 7396 has its own type, which identifies a patch of members.
        let types = ["application/json"] + (method == .patch ? ["application/merge-patch+json"] : [])
        media = types.map { MediaDescription($0, schemaName: name, schema: object.schema, example: object.example) }
    }
}

extension RequestBody {
    package static var object: ObjectSchema {
        ObjectSchema(properties: FieldReader.record(Self.init), shown: exampleMembers, relations: relations)
    }

    /// The endpoint that declares the body: `CreateConfigEndpoint.Body` belongs to `CreateConfig`.
    fileprivate static var owner: String {
        let path = String(reflecting: Self.self).split(separator: ".")
        return path.dropLast().last.map { $0.hasSuffix("Endpoint") ? String($0.dropLast(8)) : String($0) } ?? "Request"
    }
}

/// What a body may be, by the members that were recorded.
package struct ObjectSchema {
    package let properties: [FieldReader.Property]
    /// Optional members that the example shows.
    let shown: Set<String>
    /// Rules between members: keywords of JSON Schema beside `properties`.
    let relations: JSONObject

    package init(properties: [FieldReader.Property], shown: Set<String>, relations: JSONObject) {
        self.properties = properties
        self.shown = shown
        self.relations = relations
    }

    /// A JSON Schema.
    package var schema: JSONValue {
        var members = JSONObject()
        for property in properties {
            members[property.name] = property.isRequired ? property.schema : .nullable(property.schema)
        }
        var schema = JSONObject()
        schema["type"] = "object"
        schema["properties"] = .object(members)
        schema["additionalProperties"] = false
        schema["required"] = .array(properties.filter(\.isRequired).map { .string($0.name) })
        for (keyword, value) in relations { schema[keyword] = value }
        return .object(schema)
    }

    /// A body with its required and its shown members.
    package var example: JSONValue {
        var example = JSONObject()
        for property in properties where property.isRequired || shown.contains(property.name) {
            example[property.name] = property.example
        }
        return .object(example)
    }
}
