package import TenonKit

/// Describes what a segment of a path captures, `{name}`, for the documentation.
package struct PathParameter: Sendable {
    package let name: String
    package let description: String
    /// A JSON Schema.
    package let schema: JSONValue
    package let example: JSONValue

    package init(_ name: String, _ description: String, schema: JSONValue, example: JSONValue) {
        self.name = name
        self.description = description
        self.schema = schema
        self.example = example
    }

    /// Those of the documentation's own paths.
    package static let ofDocumentation = [
        PathParameter(
            "code", "The `code` of a problem.", schema: ["type": "string", "pattern": "^[a-z0-9_]{1,64}$"],
            example: "validation_failed"),
        PathParameter(
            "asset", "The file's name.", schema: ["type": "string", "pattern": "^[a-z0-9.-]{1,64}$"],
            example: "swagger-init.js"),
    ]
}
