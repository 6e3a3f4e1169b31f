extension JSONNumber {
    /// Parses exactly one number of RFC 8259, without surrounding text.
    public init(_ text: String) throws(JSONError) {
        var text = text
        let result = text.withUTF8 { bytes -> Result<JSONNumber, JSONError> in
            var at = 0
            do throws(JSONFault) {
                let number = try JSONNumber.scan(bytes, at: &at)
                guard at == bytes.count else { throw JSONFault(.trailingContent, at: at) }
                return .success(number)
            } catch {
                return .failure(JSONError(error, in: bytes))
            }
        }
        self = try result.get()
    }

    /// Parses the number at `at`, and moves `at` after it.
    package static func scan(_ bytes: UnsafeBufferPointer<UInt8>, at: inout Int) throws(JSONFault) -> JSONNumber {
        let start = at
        let hasMinus = at < bytes.count && bytes[at] == .minus
        if hasMinus { at += 1 }

        var digits = DecimalDigits()
        let wholeStart = at
        digits.take(bytes, at: &at)
        guard at > wholeStart, bytes[wholeStart] != .digit0 || at == wholeStart + 1 else {
            throw JSONFault(.malformedNumber, at: start)
        }
        var exponent = 0
        if at < bytes.count, bytes[at] == .point {
            at += 1
            let fractionStart = at
            digits.take(bytes, at: &at)
            guard at > fractionStart else { throw JSONFault(.malformedNumber, at: start) }
            exponent = fractionStart - at
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            guard let written = scanExponent(bytes, at: &at) else { throw JSONFault(.malformedNumber, at: start) }
            exponent += written
        }

        let count = max(digits.count, 1)
        guard count <= maxDigits, abs(exponent + count - 1) <= maxExponent else {
            throw JSONFault(.numberOutOfBounds, at: start)
        }
        return JSONNumber(magnitude: digits.value, exponent: exponent, digitCount: count, hasMinus: hasMinus)
    }

    /// An optional sign and digits; nil without digits. Stops counting far out of bounds.
    private static func scanExponent(_ bytes: UnsafeBufferPointer<UInt8>, at: inout Int) -> Int? {
        var negative = false
        if at < bytes.count, bytes[at] == .minus || bytes[at] == UInt8(ascii: "+") {
            negative = bytes[at] == .minus
            at += 1
        }
        let start = at
        var value = 0
        while at < bytes.count, bytes[at].isDigit {
            if value < 1 << 40 { value = value * 10 + Int(bytes[at] - .digit0) }
            at += 1
        }
        return at > start ? (negative ? -value : value) : nil
    }
}

/// Collects decimal digits: 19 in a word, the rest in two.
private struct DecimalDigits {
    private var short: UInt64 = 0
    private var long: UInt128 = 0
    /// Digits so far without leading zeros; beyond 38 only the count increases.
    private(set) var count = 0

    var value: UInt128 { count > 19 ? long : UInt128(short) }

    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, at: inout Int) {
        while at < bytes.count, bytes[at].isDigit {
            let digit = bytes[at] - .digit0
            at += 1
            if count == 0, digit == 0 { continue }
            count += 1
            if count <= 19 {
                short = short * 10 + UInt64(digit)
            } else if count <= JSONNumber.maxDigits {
                if count == 20 { long = UInt128(short) }
                long = long * 10 + UInt128(digit)
            }
        }
    }
}

extension JSONNumber: CustomStringConvertible {
    /// A JSON number that parses to the same digits and exponent: in plain notation if the exponent is at most 0 and
    /// the value at least 10^-6, else scientific. (The General Decimal Arithmetic Specification's
    /// "to-scientific-string", with `e` for `E+`.)
    public var description: String {
        String(unsafeUninitializedCapacity: Self.maxTextLength) { write(into: $0) }
    }

    /// The maximum bytes that `write(into:)` needs: a sign, 38 digits, `0.00000` or a point and `e-308`.
    static let maxTextLength = 48

    /// Writes the text of `description`; returns its length. Allocates nothing.
    func write(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let digits = Int(digitCount)
        let places = -Int(exponent)
        var at = 0
        func put(_ byte: UInt8) {
            buffer[at] = byte
            at += 1
        }
        if hasMinus { put(.minus) }
        if exponent <= 0, adjustedExponent >= -6 {
            if places >= digits {
                put(.digit0)
                put(.point)
                for _ in 0..<(places - digits) { put(.digit0) }
                putDigits(into: buffer, at: at, pointAfter: digits)
                return at + digits
            }
            putDigits(into: buffer, at: at, pointAfter: digits - places)
            return at + digits + (places > 0 ? 1 : 0)
        }
        putDigits(into: buffer, at: at, pointAfter: 1)
        at += digits + (digits > 1 ? 1 : 0)
        put(UInt8(ascii: "e"))
        if adjustedExponent < 0 { put(.minus) }
        let power = abs(adjustedExponent)
        if power >= 100 { put(.digit0 + UInt8(power / 100)) }
        if power >= 10 { put(.digit0 + UInt8(power / 10 % 10)) }
        put(.digit0 + UInt8(power % 10))
        return at
    }

    /// The coefficient from its last digit, with a point after the first `head` digits unless that is all.
    private func putDigits(into buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int, pointAfter head: Int) {
        let digits = Int(digitCount)
        // Below 2^64 from here on: one long division at most.
        let (upper, lower) = magnitude.quotientAndRemainder(dividingBy: 10_000_000_000_000_000_000)
        var rest = UInt64(truncatingIfNeeded: lower)
        for index in stride(from: digits - 1, through: 0, by: -1) {
            if digits - 1 - index == 19 { rest = UInt64(truncatingIfNeeded: upper) }
            buffer[start + (index < head ? index : index + 1)] = .digit0 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        if head < digits { buffer[start + head] = .point }
    }
}
