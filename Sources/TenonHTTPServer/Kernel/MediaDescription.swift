internal import TenonDomain
internal import TenonKit

/// One media type of a body, for the documentation.
struct MediaDescription: Sendable {
    let type: String
    /// Where several operations share the schema; nil puts it in its place.
    let schemaName: String?
    /// A JSON Schema.
    let schema: JSONValue
    let example: JSONValue

    init(_ type: String, schemaName: String? = nil, schema: JSONValue, example: JSONValue) {
        self.type = type
        self.schemaName = schemaName
        self.schema = schema
        self.example = example
    }
}
