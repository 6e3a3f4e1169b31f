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

    /// A value of the type from its text, as files of environment variables write it: the text itself for `string` and
    /// `select`, JSON for the others. A text that is none is left as a string, which the type then refuses.
    public static func json(_ text: String, as type: ConfigValueType) -> JSONValue {
        switch type {
        case .string, .select: .string(text)
        case .number, .boolean, .json: (try? JSONParser.parse(text)) ?? .string(text)
        }
    }

    /// What is sealed: the value as compact JSON.
    public var plaintext: [UInt8] { json.encoded() }
}
