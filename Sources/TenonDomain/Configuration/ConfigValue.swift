/// The types that a value can have.
public enum ConfigValueType: String, Sendable, Hashable, CaseIterable {
    case string, number, boolean, select, json
}

/// A value that fits its type and the rules it was checked against.
public struct ConfigValue: Sendable, Equatable {
    public let type: ConfigValueType
    public let json: JSONValue

    /// Checks the value against its type and rules. The violations point to `/value` and never repeat it.
    public init(_ json: JSONValue, as type: ConfigValueType, under schema: ValidationSchema) throws(Failure) {
        let violations = schema.violations(of: json, as: type).map { $0.nested(under: "/value") }
        guard violations.isEmpty else { throw .invalid(violations) }
        self.type = type
        self.json = json
    }

    /// What is sealed: the value as compact JSON.
    public var plaintext: [UInt8] { json.encoded() }
}

/// What somebody wants to store, checked.
public struct ConfigDraft: Sendable {
    public let key: ConfigKey
    public let value: ConfigValue
    public let schema: ValidationSchema
    public let description: Description?
    public let isSecret: Bool

    /// The rules are read for the type and the value checked under them. The violations point to
    /// `/validation_schema…` and `/value…`.
    public init(
        key: ConfigKey, value: JSONValue, type: ConfigValueType, schema: JSONValue?, description: Description?,
        isSecret: Bool
    ) throws(Failure) {
        do {
            self.schema = try ValidationSchema(schema, for: type)
        } catch {
            throw .invalid(error.violations.map { $0.nested(under: "/validation_schema") })
        }
        self.key = key
        self.value = try ConfigValue(value, as: type, under: self.schema)
        self.description = description
        self.isSecret = isSecret
    }
}
