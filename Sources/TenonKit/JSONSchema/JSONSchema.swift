/// A JSON Schema of draft 2020-12 (https://json-schema.org/draft/2020-12/json-schema-core), compiled once and
/// evaluated often. It has the vocabularies core, applicator, validation and unevaluated; `format` and what
/// describes content are annotations, which say nothing about validity. Patterns are those of `Pattern`.
///
/// Nothing is ever fetched: a reference leads to a place in the document itself or to the draft's meta-schema.
/// Compilation and evaluation are bounded in time, memory and depth, whatever the schema and the value are.
public struct JSONSchema: Sendable {
    /// The most subschemas a schema may have.
    public static let maxSubschemas = 4096
    /// How many arrays and objects may stand in one another in a schema.
    public static let maxNesting = 64
    /// The most instructions that the patterns of a schema may come to together.
    public static let maxInstructions = 50_000
    /// The most bytes an identifier may have, resolved against its base.
    public static let maxIdentifierLength = 2048
    /// The most steps that one evaluation takes; a step is a subschema or a keyword tried on a value, or a part of
    /// the work of one that depends on the value's size.
    public static let maxSteps = 2_000_000
    /// How many subschemas may be under evaluation within one another: 64 levels of a value with three each. It keeps
    /// the stack below 384 KiB, even in a debug build.
    public static let maxDepth = 192
    /// The most violations that are told of one value.
    public static let maxViolations = 20

    /// The schema as it was written.
    public let source: JSONValue
    /// The first is the whole schema.
    let subschemas: [CompiledSubschema]
    let resources: [DynamicAnchors]
    /// How many bytes it takes in memory, roughly.
    public let footprint: Int

    /// Compiles a schema. Violations point into it, by JSON Pointer from its root: to what the draft's meta-schema
    /// does not allow, a pattern that is none, a reference that leads nowhere or out of the document, a loop of
    /// references that never goes into the value, or what is beyond the bounds.
    public init(_ json: JSONValue, charging budget: WorkBudget = .unlimited) throws(KitError) {
        guard Self.isNested(json, within: Self.maxNesting) else {
            throw .invalid("schema_too_deep", "A schema is nested \(Self.maxNesting) levels deep at most.")
        }
        let violations = try Self.metaschema.violations(of: json, charging: budget)
        guard violations.isEmpty else { throw .invalid(violations) }
        try self.init(trusted: json, charging: budget)
        try budget.spend(100 * subschemas.count + footprint / 8)
    }

    /// Compiles what is known to have the form that the meta-schema asks for.
    init(trusted json: JSONValue, charging budget: WorkBudget = .unlimited) throws(KitError) {
        var compiler = JSONSchemaCompiler(charging: budget)
        subschemas = try compiler.compile(json)
        resources = compiler.dynamicAnchors
        footprint = compiler.footprint
        source = json
    }

    /// What breaks the schema in a value, with pointers from the value's root; empty where it is valid. Details say
    /// what the schema asks for and never repeat the value. `too_complex` stands among them where the evaluation was
    /// given up, beyond `maxSteps` or `maxDepth`.
    /// Fails as `WorkBudget.spend` does.
    public func violations(
        of value: JSONValue, charging budget: WorkBudget = .unlimited
    ) throws(KitError) -> [Violation] {
        var evaluation = JSONSchemaEvaluation(self, charging: budget)
        return try evaluation.violations(of: value)
    }

    private static func isNested(_ value: JSONValue, within levels: Int) -> Bool {
        switch value {
        case .null, .bool, .number, .string: true
        case .array(let elements): levels > 0 && elements.allSatisfy { isNested($0, within: levels - 1) }
        case .object(let members): levels > 0 && members.allSatisfy { isNested($0.value, within: levels - 1) }
        }
    }
}

extension JSONSchema: Equatable {
    /// Equal schemas are those of one source.
    public static func == (left: JSONSchema, right: JSONSchema) -> Bool { left.source == right.source }
}
