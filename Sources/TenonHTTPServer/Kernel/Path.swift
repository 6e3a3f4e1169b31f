package import TenonDomain
internal import TenonKit

/// A value in a segment of a path, such as an id.
package protocol PathValue: FieldValue {
    /// Nil for what cannot exist.
    init?(segment: String)
    /// As it is written in a path; needs no percent-encoding.
    var segment: String { get }
}

extension PathValue where Self: TextFieldValue {
    package init?(segment: String) {
        guard let value = try? Self(segment) else { return nil }
        self = value
    }
}

/// A typed parameter of paths. A segment is parsed once, at the edge; one that cannot exist answers `failure`.
package struct PathParameter<Value: PathValue>: Sendable {
    package let name: String
    let description: String
    package let failure: FailureCode
    /// Instead of the type's own, for the documentation.
    private let example: String?

    package init(name: String, description: String, failure: FailureCode, example: String? = nil) {
        self.name = name
        self.description = description
        self.failure = failure
        self.example = example
    }

    fileprivate var exampleJSON: JSONValue { example.map { .string($0) } ?? Value.exampleJSON }
}

/// The path of an operation: text with typed parameters, such as `"/roles/\(.role)/users"`.
package struct Path: Sendable {
    /// One parameter, for the documentation.
    package struct Parameter: Sendable {
        let name: String
        let description: String
        /// A JSON Schema.
        let schema: JSONValue
        let example: JSONValue
    }

    /// Begins with `/`; `{name}` captures one segment.
    package private(set) var text = ""
    package private(set) var parameters: [Parameter] = []
}

extension Path: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) {
        self.text = text
    }

    package init(stringInterpolation interpolation: Interpolation) {
        self = interpolation.path
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var path = Path()

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ text: String) {
            path.text += text
        }

        package mutating func appendInterpolation<Value>(_ parameter: PathParameter<Value>) {
            path.text += "{\(parameter.name)}"
            path.parameters.append(
                Parameter(
                    name: parameter.name, description: parameter.description, schema: Value.schema,
                    example: parameter.exampleJSON))
        }

        package mutating func appendInterpolation(_ other: Path) {
            path.text += other.text
            path.parameters += other.parameters
        }
    }

    package typealias StringInterpolation = Interpolation
}

extension EndpointRequest {
    /// The captured segment as a value.
    package func path<Value>(_ parameter: PathParameter<Value>) throws(Failure) -> Value {
        if let text = captures[parameter.name], let value = Value(segment: text) { return value }
        throw Failure(parameter.failure, "\(parameter.failure.title).")
    }
}
