public import TenonKit

/// A domain of e-mail addresses, in lower case. An internationalized domain is compared in its own letters.
public struct EmailDomain: TextValue {
    /// With `a@` before it, it is a valid address.
    public static let maxLength = 250

    public let text: String

    private static let label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    public static let rule = TextRule(
        3...maxLength, .pattern("^\(label)(\\.\(label)){1,7}$"), code: "invalid_domain",
        "be a domain such as example.com, in lower case", example: "mycompany.com")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }

    /// The one of an address.
    public init(of email: EmailAddress) {
        text = String(email.folded.drop { $0 != "@" }.dropFirst())
    }
}

extension EmailDomain: Hashable {
    public static func == (left: Self, right: Self) -> Bool { sameBytes(left.text, right.text) }
    public func hash(into hasher: inout Hasher) { hashBytes(text, into: &hasher) }
}
