internal import TenonKit

/// What the body is said to be (RFC 9530).
public struct ContentDigest: Sendable, Equatable {
    public enum Algorithm: String, Sendable, CaseIterable {
        case sha256 = "sha-256"
        case sha512 = "sha-512"
    }

    public let digests: [Algorithm: [UInt8]]

    /// The field's value. Nil for what is no such field, and where it has no digest of an algorithm here; others are
    /// passed over.
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

    /// Whether all of the digests are the body's.
    public func matches(_ body: [UInt8], by cryptography: any MessageCryptography) -> Bool {
        digests.allSatisfy { Secret($0.value) == Secret(cryptography.digest(of: body, by: $0.key)) }
    }
}
