public import TenonKit

/// An identity provider's issuer identifier (OpenID Connect Discovery 1.0 §3): a URL without user, query and fragment,
/// compared byte by byte. Whether its host is one, and whether `http` is good enough, is for whoever connects to it.
public struct IssuerURL: Sendable {
    public static let maxHost = 200
    public static let maxPath = 300

    public let text: String

    public init(_ text: String) throws(Violation) {
        let scheme = ["https://", "http://"].first { text.utf8.starts(with: $0.utf8) }
        let rest = text.utf8.dropFirst(scheme?.utf8.count ?? 0)
        let host = rest.prefix { $0 != UInt8(ascii: "/") }
        guard scheme != nil, (1...Self.maxHost).contains(host.count), rest.count - host.count <= Self.maxPath,
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
