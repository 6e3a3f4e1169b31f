public import TenonKit

/// The scopes requested from the provider (RFC 6749 §3.3).
public struct OAuthScopes: Sendable, Hashable {
    public static let maximum = 20

    public let names: [String]

    public init(_ names: [String]) throws(Violation) {
        let areNames = names.allSatisfy { name in
            (1...64).contains(name.utf8.count)
                && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        }
        guard areNames, names.count <= Self.maximum, Set(names).count == names.count else {
            throw Violation(
                code: "invalid_scopes",
                detail: "must be at most 20 different scopes, each of 1 to 64 printable ASCII characters")
        }
        self.names = names
    }

    /// The scopes as requested, including `openid`, which is required for an ID token.
    public var text: String {
        (names.contains("openid") ? names : ["openid"] + names).joined(separator: " ")
    }
}
