public import TenonKit

/// The name of a connection within its tenant: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`.
public struct SSOConnectionName: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...63, .label, code: "invalid_connection_name", TextForm.labelRequirement, example: "company-login")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
