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

/// An identity provider's issuer identifier (OpenID Connect Discovery 1.0 §3): a URL without user, query and fragment,
/// compared byte by byte. Whether its host is one, and whether `http` is good enough, is for whoever connects to it.
public struct IssuerURL: Sendable {
    public static let maximumHost = 200
    public static let maximumPath = 300

    public let text: String

    public init(_ text: String) throws(Violation) {
        let scheme = ["https://", "http://"].first { text.utf8.starts(with: $0.utf8) }
        let rest = text.utf8.dropFirst(scheme?.utf8.count ?? 0)
        let host = rest.prefix { $0 != UInt8(ascii: "/") }
        guard scheme != nil, (1...Self.maximumHost).contains(host.count), rest.count - host.count <= Self.maximumPath,
            host.allSatisfy({ Self.isAllowed($0, "._:[]-") }),
            rest.dropFirst(host.count).allSatisfy({ Self.isAllowed($0, "/._~%:+,;=-") })
        else {
            throw Violation(
                code: "invalid_issuer",
                detail: "An issuer is https://HOST[:PORT][/PATH] without user, query and fragment.")
        }
        self.text = text
    }

    /// Letters, digits, and some more.
    private static func isAllowed(_ byte: UInt8, _ others: StaticString) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: others.description.utf8.contains(byte)
        }
    }
}

extension IssuerURL: Hashable {
    public static func == (left: Self, right: Self) -> Bool { sameBytes(left.text, right.text) }
    public func hash(into hasher: inout Hasher) { hashBytes(text, into: &hasher) }
}

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

/// What the provider is asked for (RFC 6749 §3.3).
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
                detail: "There are 20 different scopes at most, each of 1 to 64 printable ASCII characters.")
        }
        self.names = names
    }

    /// As the provider is asked: without `openid` it would answer no ID token.
    public var text: String {
        (names.contains("openid") ? names : ["openid"] + names).joined(separator: " ")
    }
}

/// A domain of e-mail addresses, in lower case; one beyond ASCII in its own letters is compared and not written.
public struct EmailDomain: Sendable {
    /// With `a@` before it, it is an address.
    public static let maximumLength = 250

    public let text: String

    public init(_ text: String) throws(Violation) {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
                && label.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        }
        guard areLabels, (2...8).contains(labels.count), text.utf8.count <= Self.maximumLength else {
            throw Violation(
                code: "invalid_domain", detail: "A domain of e-mail addresses looks like example.com, in lower case.")
        }
        self.text = text
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
