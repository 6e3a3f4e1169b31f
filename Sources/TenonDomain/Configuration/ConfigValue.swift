public import TenonKit

/// The types that a value can have.
public enum ConfigValueType: String, Sendable, Hashable, CaseIterable {
    case string, number, boolean, select, json
}

/// A value that fits its type and the rules it was checked against.
public struct ConfigValue: Sendable, Equatable {
    /// What a value may have, however it came about: a store reads it back under the same limits.
    public static let limits = JSONLimits()
    /// Bytes as compact JSON, the quotes of a string aside.
    public static let maxBytes = 1 << 20

    public let type: ConfigValueType
    public let json: JSONValue
    /// What is sealed: the value as compact JSON.
    public let plaintext: [UInt8]

    /// Checks the value against its bounds, its type and its rules. The violations point to `/value` and never repeat it.
    public init(
        _ json: JSONValue, as type: ConfigValueType, under schema: ValidationSchema,
        charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        guard json.fits(Self.limits) else {
            throw .invalid(
                "too_complex",
                "A value is nested \(Self.limits.depth) deep and has \(Self.limits.values) parts at most.",
                at: "/value")
        }
        plaintext = json.encoded()
        guard plaintext.count <= Self.maxBytes + 2 else {
            throw .invalid("too_large_value", "A value has at most \(Self.maxBytes) bytes.", at: "/value")
        }
        try budget.spend(100 + plaintext.count / 8)
        let violations = try schema.violations(of: json, as: type, charging: budget)
        guard violations.isEmpty else { throw .invalid(violations.map { $0.nested(under: "/value") }) }
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
}
