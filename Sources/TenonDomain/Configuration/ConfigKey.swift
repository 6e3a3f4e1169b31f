public import TenonKit

/// The name of an entry: `[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}`, case-sensitive, unique within its namespace.
public struct ConfigKey: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...255, .word(first: "A-Za-z0-9_", "A-Za-z0-9_.-"), code: "invalid_key",
        "be A-Z, a-z, 0-9, '_', '.' and '-', and begin with a letter, digit or '_'", example: "database_url")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

/// The prefix of a key, for lists: empty for all keys.
public struct ConfigKeyPrefix: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        0...255, .word(first: "A-Za-z0-9_", "A-Za-z0-9_.-", mayBeEmpty: true), code: "invalid_prefix",
        "be the beginning of a key: A-Z, a-z, 0-9, '_', '.' and '-', first a letter, digit or '_'", example: "database")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }

    public static let all = ConfigKeyPrefix()

    private init() {
        text = ""
    }
}
