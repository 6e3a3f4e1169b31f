public import TenonKit

/// The types of values.
public enum ConfigValueType: String, Sendable, Hashable, CaseIterable {
    case string, number, boolean, select, json
}

/// A value that fits its type and the rules it was validated with.
public struct ConfigValue: Sendable, Equatable {
    /// The limits of a value, regardless of its source; stores read it back with the same limits.
    public static let limits = JSONLimits()
    /// Bytes as compact JSON, without the quotes of a string.
    public static let maxBytes = 1 << 20

    public let type: ConfigValueType
    public let json: JSONValue
    /// The plaintext to seal: the value as compact JSON.
    public let plaintext: [UInt8]

    /// Checks the value against its limits, its type and its rules. The violations point to `/value`; they contain the
    /// value only if `isShown`, and only a number.
    public init(
        _ json: JSONValue, as type: ConfigValueType, under schema: ValidationSchema, isShown: Bool = false,
        charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        guard json.fits(Self.limits) else {
            throw .invalid(
                "too_complex",
                "must be nested at most \(Self.limits.depth) deep and have at most \(Self.limits.values) parts",
                at: "/value")
        }
        plaintext = json.encoded()
        guard plaintext.count <= Self.maxBytes + 2 else {
            throw .invalid("too_large_value", "must be at most \(Self.maxBytes) bytes as compact JSON", at: "/value")
        }
        try budget.spend(100 + plaintext.count / 8)
        let violations = try schema.violations(of: json, as: type, isShown: isShown, charging: budget)
        guard violations.isEmpty else { throw .invalid(violations.map { $0.nested(under: "/value") }) }
        self.type = type
        self.json = json
    }

    /// A value of the type from its text in an environment variable file: the text itself for `string` and `select`,
    /// JSON for the other types. Invalid JSON becomes a string, which the type then refuses.
    public static func json(_ text: String, as type: ConfigValueType) -> JSONValue {
        switch type {
        case .string, .select: .string(text)
        case .number, .boolean, .json: (try? JSONParser.parse(text)) ?? .string(text)
        }
    }
}
