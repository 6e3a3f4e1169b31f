public import TenonKit

/// By what name the provider knows Tenon: 1 to 255 printable ASCII characters (RFC 6749 appendix A.1).
public struct OAuthClientID: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw Violation(
                code: "invalid_client_id", detail: "A client id has 1 to 255 printable ASCII characters.")
        }
        self.text = text
    }
}
