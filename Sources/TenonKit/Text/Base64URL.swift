/// Base 64 with the alphabet for URLs and without padding (RFC 4648 §5), decoded strictly.
package enum Base64URL {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        // One loop over memory, so that the compiler need not know the collection type.
        bytes.withContiguousStorageIfAvailable(encode) ?? Array(bytes).withUnsafeBufferPointer(encode)
    }

    private static func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        let length = (bytes.count * 4 + 2) / 3
        return String(unsafeUninitializedCapacity: length) { buffer in
            var at = 0
            var pending: UInt32 = 0
            var bits = 0
            for byte in bytes {
                pending = pending << 8 | UInt32(byte)
                bits += 8
                while bits >= 6 {
                    bits -= 6
                    buffer[at] = alphabet.utf8Start[Int(pending >> UInt32(bits) & 63)]
                    at += 1
                }
            }
            if bits > 0 {
                buffer[at] = alphabet.utf8Start[Int(pending << UInt32(6 - bits) & 63)]
                at += 1
            }
            return at
        }
    }

    /// Nil for padding, invalid characters, an impossible length, and remaining bits that are not zero.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var pending: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            guard let value = digitValue(character) else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            }
        }
        guard bits < 6, pending & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }

    /// The same for bulk data: with a table, four digits at once.
    package static func decode(utf8 digits: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard digits.count % 4 != 1 else { return nil }
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: digits.count * 3 / 4) { buffer, count in
            values.withUnsafeBufferPointer { values in
                var at = 0
                while at < digits.count {
                    let end = min(at + 4, digits.count)
                    var bits: UInt32 = 0
                    for place in at..<(at + 4) {
                        let value = place < end ? values[Int(digits[place])] : 0
                        isValid = isValid && value < 64
                        bits = bits << 6 | UInt32(value & 63)
                    }
                    let whole = (end - at) * 3 / 4
                    for byte in 0..<whole {
                        buffer[count + byte] = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * byte))
                    }
                    count += whole
                    if whole < 3, bits << UInt32(8 + 8 * whole) != 0 { isValid = false }
                    at = end
                }
            }
        }
        return isValid ? bytes : nil
    }

    /// 64 for anything but a digit.
    private static let values: [UInt8] = (0...255).map { digitValue(UInt8($0)).map { UInt8($0) } ?? 64 }

    private static func digitValue(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
