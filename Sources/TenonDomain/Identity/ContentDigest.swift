internal import TenonKit

/// The declared digests of a body (RFC 9530).
public struct ContentDigest: Sendable, Equatable {
    public enum Algorithm: String, Sendable, CaseIterable {
        case sha256 = "sha-256"
        case sha512 = "sha-512"
    }

    public let digests: [Algorithm: [UInt8]]

    /// Parses the field. Nil if it is invalid or has no digest of a supported algorithm; other algorithms are ignored.
    public init?(_ field: String) {
        guard let dictionary = StructuredDictionary(field) else { return nil }
        var digests: [Algorithm: [UInt8]] = [:]
        for member in dictionary.members {
            guard let algorithm = Algorithm(rawValue: member.name) else { continue }
            guard case .item(let item) = member.value, case .bytes(let bytes) = item.bare else { return nil }
            digests[algorithm] = bytes
        }
        guard !digests.isEmpty else { return nil }
        self.digests = digests
    }

    /// Whether all digests match the body.
    public func matches(_ body: [UInt8], by cryptography: any MessageCryptography) -> Bool {
        digests.allSatisfy { Secret($0.value) == Secret(cryptography.digest(of: body, by: $0.key)) }
    }
}
