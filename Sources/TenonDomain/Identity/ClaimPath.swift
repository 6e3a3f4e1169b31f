public import TenonKit

/// Where a claim stands in an ID token: a JSON Pointer (RFC 6901) such as `/realm_access/roles`.
public struct ClaimPath: Sendable, Hashable {
    public let text: String
    private let tokens: [String]

    public init(_ text: String) throws(Violation) {
        guard let tokens = JSONPathStep.tokens(ofPointer: text), (1...8).contains(tokens.count),
            text.unicodeScalars.count <= 256
        else {
            throw Violation(
                code: "invalid_claim_path",
                detail: "A claim's place is a JSON Pointer such as /realm_access/roles, of 1 to 8 names.")
        }
        self.text = text
        self.tokens = tokens
    }

    /// What stands there; nil where a name on the way is missing. Items of arrays have no names.
    public func value(in claims: JSONObject) -> JSONValue? {
        var value = JSONValue.object(claims)
        for token in tokens {
            guard let member = value[token] else { return nil }
            value = member
        }
        return value
    }
}
