public import TenonKit

/// The location of a claim in an ID token: a JSON Pointer (RFC 6901) such as `/realm_access/roles`.
public struct ClaimPath: TextValue, Hashable {
    public let text: String
    private let tokens: [String]

    public static let rule = TextRule(
        1...256, .pattern("^(/([^~/]|~[01])*){1,8}$"), format: "json-pointer", code: "invalid_claim_path",
        "be a JSON Pointer of 1 to 8 names, such as /realm_access/roles",
        note: "A JSON Pointer (RFC 6901) into the ID token's claims.", example: "/realm_access/roles")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
        tokens = JSONPathStep.tokens(ofPointer: text) ?? []
    }

    /// The value there; nil if a name on the path is missing. Array items have no names.
    public func value(in claims: JSONObject) -> JSONValue? {
        var value = JSONValue.object(claims)
        for token in tokens {
            guard let member = value[token] else { return nil }
            value = member
        }
        return value
    }
}
