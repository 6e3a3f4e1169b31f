/// A JSON Schema of draft 2020-12 (https://json-schema.org/draft/2020-12/json-schema-core), compiled once and evaluated
/// often. It supports the vocabularies core, applicator, validation and unevaluated; `format` and content keywords are
/// annotations without effect on validity. Patterns are `Pattern`s.
///
/// Nothing is ever fetched: a reference refers to a location in the document itself or to the draft's meta-schema.
/// Compilation and evaluation are bounded in time, memory and depth for any schema and value.
public struct JSONSchema: Sendable {
    /// The maximum number of subschemas.
    public static let maxSubschemas = 4096
    /// The maximum nesting of arrays and objects in a schema.
    public static let maxNesting = 64
    /// The maximum number of instructions of all patterns in a schema.
    public static let maxInstructions = 50_000
    /// The maximum bytes of an identifier, resolved against its base.
    public static let maxIdentifierLength = 2048
    /// The maximum steps of one evaluation; a step is a subschema or a keyword applied to a value, or a part of work
    /// that depends on the value's size.
    public static let maxSteps = 2_000_000
    /// The maximum nesting of evaluated subschemas: 64 levels of a value with three each. It keeps the stack below 384
    /// KiB, even in a debug build.
    public static let maxDepth = 192
    /// The maximum number of violations reported for one value.
    public static let maxViolations = 20

    /// The schema as written.
    public let source: JSONValue
    /// The first is the whole schema.
    let subschemas: [CompiledSubschema]
    let resources: [DynamicAnchors]
    /// The approximate bytes in memory.
    public let footprint: Int

    /// Compiles a schema. Violations point into it, by JSON Pointer from its root: to parts that the draft's
    /// meta-schema refuses, an invalid pattern, an unresolved reference or one out of the document, a loop of
    /// references that never descends into the value, or a part beyond the limits.
    public init(_ json: JSONValue, charging budget: WorkBudget = .unlimited) throws(KitError) {
        guard Self.isNested(json, within: Self.maxNesting) else {
            throw .invalid("schema_too_deep", "must be nested at most \(Self.maxNesting) levels deep")
        }
        let violations = try Self.metaschema.violations(of: json, charging: budget)
        guard violations.isEmpty else { throw .invalid(violations) }
        try self.init(trusted: json, charging: budget)
        try budget.spend(100 * subschemas.count + footprint / 8)
    }

    /// Compiles a schema that is known to be valid by the meta-schema.
    init(trusted json: JSONValue, charging budget: WorkBudget = .unlimited) throws(KitError) {
        var compiler = JSONSchemaCompiler(charging: budget)
        subschemas = try compiler.compile(json)
        resources = compiler.dynamicAnchors
        footprint = compiler.footprint
        source = json
    }

    /// What breaks the schema in a value, with pointers from the value's root; empty where it is valid. Details say
    /// what the schema asks for and never repeat the value. They include `too_complex` if the evaluation was
    /// stopped beyond `maxSteps` or `maxDepth`.
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
    /// Schemas are equal if their sources are.
    public static func == (left: JSONSchema, right: JSONSchema) -> Bool { left.source == right.source }
}
