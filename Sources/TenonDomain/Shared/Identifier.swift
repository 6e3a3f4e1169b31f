/// A type with identity: its ids are `<prefix>_<26 characters>`.
public protocol Identified {
    /// 2 to 5 lower-case letters, unique among all kinds: `ten`, `usr`, `cfg`, …
    static var idPrefix: String { get }
}

/// A typed UUID, version 7 when created here (RFC 9562: sorts by creation time, which is not the order of commits). Its
/// text is the prefix, `_`, and the 128 bits in Crockford's base 32, lower case, most significant first: safe in a URL
/// and sortable as text.
public struct Identifier<Entity: Identified>: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses `<prefix>_<26 characters>`; nil for anything else, including another kind's prefix. Refuses upper case
    /// and Crockford's look-alikes, so that each id has one spelling.
    public init?(_ text: String) {
        var text = text
        let parsed = text.withUTF8 { bytes -> (UInt64, UInt64)? in
            let prefix = Entity.idPrefix.utf8
            guard bytes.count == prefix.count + 27, bytes[prefix.count] == UInt8(ascii: "_"),
                bytes.prefix(prefix.count).elementsEqual(prefix)
            else { return nil }
            return Base32.decode(bytes[(prefix.count + 1)...])
        }
        guard let (high, low) = parsed else { return nil }
        self.init(high: high, low: low)
    }
}

extension Identifier: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String {
        String(unsafeUninitializedCapacity: Entity.idPrefix.utf8.count + 27) { buffer in
            var at = 0
            for byte in Entity.idPrefix.utf8 {
                buffer[at] = byte
                at += 1
            }
            buffer[at] = UInt8(ascii: "_")
            Base32.encode(high, low, into: buffer, at: at + 1)
            return at + 27
        }
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
    }

    /// From exactly 16 bytes, most significant first.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            low: bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}

/// Crockford's alphabet over 128 bits: 26 characters, the first of which carries 3 bits.
private enum Base32 {
    static let alphabet: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"

    static func encode(_ high: UInt64, _ low: UInt64, into buffer: UnsafeMutableBufferPointer<UInt8>, at: Int) {
        var value = UInt128(high) << 64 | UInt128(low)
        for index in stride(from: at + 25, through: at, by: -1) {
            buffer[index] = alphabet.utf8Start[Int(truncatingIfNeeded: value & 31)]
            value >>= 5
        }
    }

    static func decode(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> (UInt64, UInt64)? {
        var value: UInt128 = 0
        guard let first = digits.first, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(first) else { return nil }
        for digit in digits {
            guard let bits = digitValue(digit) else { return nil }
            value = value << 5 | UInt128(bits)
        }
        return (UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
    }

    private static func digitValue(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "h"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "j"), UInt8(ascii: "k"): character - UInt8(ascii: "j") + 18
        case UInt8(ascii: "m"), UInt8(ascii: "n"): character - UInt8(ascii: "m") + 20
        case UInt8(ascii: "p")...UInt8(ascii: "t"): character - UInt8(ascii: "p") + 22
        case UInt8(ascii: "v")...UInt8(ascii: "z"): character - UInt8(ascii: "v") + 27
        default: nil
        }
    }
}
