public import TenonKit

/// Tenon's client id at the provider: 1 to 255 printable ASCII characters (RFC 6749 appendix A.1).
public struct OAuthClientID: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...255, .word(" -~"), code: "invalid_client_id", "be printable ASCII characters", example: "tenon")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
