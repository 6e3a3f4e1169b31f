public import TenonKit

/// An identity provider's issuer identifier (OpenID Connect Discovery 1.0 §3): a URL without user, query and fragment,
/// compared byte by byte. The connecting code checks the host and whether `http` is allowed.
public struct IssuerURL: TextValue {
    public static let maxHost = 200
    public static let maxPath = 300

    public let text: String

    public static let rule = TextRule(
        1...(8 + maxHost + maxPath),
        .pattern("^https?://[A-Za-z0-9._:\\[\\]-]{1,\(maxHost)}(/[A-Za-z0-9/._~%:+,;=-]{0,\(maxPath - 1)})?$"),
        code: "invalid_issuer", "be https://HOST[:PORT][/PATH] without user, query and fragment",
        example: "https://id.mycompany.com/realms/main")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

extension IssuerURL: Hashable {
    public static func == (left: Self, right: Self) -> Bool { sameBytes(left.text, right.text) }
    public func hash(into hasher: inout Hasher) { hashBytes(text, into: &hasher) }
}
