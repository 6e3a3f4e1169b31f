internal import TenonKit

/// The text of an API key: `tnk_`, 8 characters that identify it, 32 secret characters (190 bits), and 6 of a checksum
/// (CRC-32), all in base 62. Scanners for leaked secrets find it with `tnk_[0-9A-Za-z]{46}`.
public struct APIKeyText: Sendable {
    public static let prefix = "tnk_"
    static let nameLength = 8
    static let secretLength = 32
    static let checksumLength = 6
    static let length = prefix.utf8.count + nameLength + secretLength + checksumLength

    /// The whole text.
    public let secret: Secret
    /// `tnk_` and the identifying part; reveals nothing about the rest.
    public let publicPart: String

    /// Nil for a wrong length, invalid characters, or a wrong checksum. Needs no lookup.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length, bytes.starts(with: Self.prefix.utf8),
            bytes[Self.prefix.utf8.count...].allSatisfy(Base62.isDigit),
            Self.checksum(of: bytes.dropLast(Self.checksumLength)) == Array(bytes.suffix(Self.checksumLength))
        else { return nil }
        self.init(bytes)
    }

    /// A new random key.
    public static func random(by randomness: any Randomness) -> APIKeyText {
        var bytes = Array(prefix.utf8) + Base62.random(nameLength + secretLength, by: randomness)
        bytes += checksum(of: bytes[...])
        return APIKeyText(bytes)
    }

    private init(_ bytes: [UInt8]) {
        secret = Secret(bytes)
        publicPart = String(decoding: bytes.prefix(Self.prefix.utf8.count + Self.nameLength), as: UTF8.self)
    }

    private static func checksum(of bytes: ArraySlice<UInt8>) -> [UInt8] {
        Base62.encode(CRC32.value(of: bytes), width: checksumLength)
    }

    /// The digest that the store contains.
    public func digest(by digests: any KeyedDigests) -> [UInt8] {
        secret.withBytes { digests.digest(Array($0), for: .apiKey) }
    }
}

/// The digits 0-9, A-Z, a-z.
enum Base62 {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func isDigit(_ byte: UInt8) -> Bool {
        byte.isDigit || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The most significant digit first, with zeros in front.
    static func encode(_ number: UInt32, width: Int) -> [UInt8] {
        var rest = Int(number)
        var digits: [UInt8] = []
        for _ in 0..<width {
            digits.append(alphabet[rest % 62])
            rest /= 62
        }
        return digits.reversed()
    }

    /// Every digit has the same probability: bytes from 248 are skipped.
    static func random(_ count: Int, by randomness: any Randomness) -> [UInt8] {
        var digits: [UInt8] = []
        while digits.count < count {
            for byte in randomness.bytes(count - digits.count) where byte < 248 {
                digits.append(alphabet[Int(byte % 62)])
            }
        }
        return digits
    }
}
