/// A compiled subschema. It refers to others by their index.
struct CompiledSubschema: Sendable {
    /// The index of its schema resource.
    let resource: Int
    var assertions: [JSONSchemaAssertion] = []
    var applicators: [any JSONSchemaApplicator] = []
    /// Evaluated last, because the keywords beside them determine the unevaluated parts.
    var unevaluated: [any JSONSchemaApplicator] = []
}

/// A keyword that applies subschemas to the value itself or to its parts.
protocol JSONSchemaApplicator: Sendable {
    /// The subschemas that apply to the value itself, as far as known at compile time.
    var inPlace: [Int] { get }

    /// Whether the value is valid. The evaluated parts are added to the marks, if there are any.
    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool
}

/// The dynamic anchors of one schema resource.
typealias DynamicAnchors = [ExactText: Int]
