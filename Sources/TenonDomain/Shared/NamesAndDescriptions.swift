public import TenonKit

/// The name of a person or a tenant: 1 to 200 characters on one line.
public struct DisplayName: TextValue, Hashable {
    public static let rule = TextRule(
        1...200, .line, code: "control_character", lengthCode: "invalid_length", "have no control characters",
        example: "Admin User")

    public let text: String

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

/// A short description of an object: up to 2,000 characters.
public struct Description: TextValue, Hashable {
    public static let rule = TextRule(
        0...2000, .lines, code: "control_character", lengthCode: "invalid_length",
        "have no control characters but line feed and tab", example: "Production environment configurations")

    public let text: String

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
