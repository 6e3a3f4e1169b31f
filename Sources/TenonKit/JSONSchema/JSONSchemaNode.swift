/// A compiled subschema. Others are meant by their index.
struct CompiledSubschema: Sendable {
    /// The index of the schema resource that it stands in.
    let resource: Int
    var assertions: [JSONSchemaAssertion] = []
    var applicators: [any JSONSchemaApplicator] = []
    /// Judged last: what stands beside them decides what is left for them.
    var unevaluated: [any JSONSchemaApplicator] = []
}

/// A keyword that applies subschemas: to the value itself or to parts of it.
protocol JSONSchemaApplicator: Sendable {
    /// The subschemas that judge the value itself, as far as compilation knows them.
    var inPlace: [Int] { get }

    /// Whether the value is valid. The parts that were judged are added to the marks, where they are kept.
    func holds(
        for value: JSONValue, in evaluation: inout JSONSchemaEvaluation, _ marks: inout JSONSchemaMarks?
    ) -> Bool
}

/// The dynamic anchors of one schema resource.
typealias DynamicAnchors = [ExactText: Int]
