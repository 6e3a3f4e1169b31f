/// The bytes of RFC 8259's grammar.
extension UInt8 {
    package static var quote: UInt8 { 0x22 }
    package static var backslash: UInt8 { 0x5C }
    package static var comma: UInt8 { 0x2C }
    package static var colon: UInt8 { 0x3A }
    static var minus: UInt8 { 0x2D }
    static var point: UInt8 { 0x2E }
    package static var digit0: UInt8 { 0x30 }
    package static var openBrace: UInt8 { 0x7B }
    package static var closeBrace: UInt8 { 0x7D }
    package static var openBracket: UInt8 { 0x5B }
    package static var closeBracket: UInt8 { 0x5D }
    package static var newline: UInt8 { 0x0A }

    /// `0` to `9`.
    package var isDigit: Bool { self &- .digit0 < 10 }

    /// Must be escaped in a JSON string: a control character, a quote or a backslash.
    var needsEscape: Bool { self < 0x20 || self == .quote || self == .backslash }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first index from `start` whose byte needs an escape in a JSON string; `count` if none does. Eight bytes at a
    /// time.
    func firstNeedingEscape(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var at = start
        while at &+ 8 <= count {
            let word = UInt64(littleEndian: UnsafeRawPointer(baseAddress! + at).loadUnaligned(as: UInt64.self))
            // A byte below n leaves its top bit set in `word - n` and not in `word`; borrows only reach bytes above a
            // hit.
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let hits =
                ((word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes)
                & tops
            if hits != 0 { return at + hits.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < count, !self[at].needsEscape { at &+= 1 }
        return at
    }
}

/// Whether two texts have the same bytes. Swift's `==` treats canonically equivalent texts as equal; JSON (RFC 8259,
/// section 8.3) compares code units.
package func sameBytes(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    var (left, right) = (left, right)
    return left.withUTF8 { leftBytes in right.withUTF8 { leftBytes.elementsEqual($0) } }
}

/// Hashes the text's bytes, consistent with `sameBytes`.
package func hashBytes(_ text: String, into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
}

/// A text that is hashed and compared by its bytes.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package static func == (left: ExactText, right: ExactText) -> Bool { sameBytes(left.text, right.text) }
    package func hash(into hasher: inout Hasher) { hashBytes(text, into: &hasher) }
}
