public import TenonKit

/// What a connection is called within its tenant: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`.
public struct SSOConnectionName: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        guard DNSLabel.isValid(text) else {
            throw Violation(
                code: "invalid_connection_name",
                detail: "A connection's name has 1 to 63 characters of a-z, 0-9 and '-', "
                    + "and neither begins nor ends with '-'.")
        }
        self.text = text
    }
}
