internal import TenonDomain
package import TenonKit

/// One media type of a body, for the documentation.
package struct MediaDescription: Sendable {
    package let type: String
    /// The name of a schema that several operations share; nil inlines it.
    package let schemaName: String?
    /// A JSON Schema.
    package let schema: JSONValue
    package let example: JSONValue

    package init(_ type: String, schemaName: String? = nil, schema: JSONValue, example: JSONValue) {
        self.type = type
        self.schemaName = schemaName
        self.schema = schema
        self.example = example
    }
}
