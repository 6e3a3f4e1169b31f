/// A JSON number as an exact decimal, never a binary fraction: a coefficient of at most 38 digits and a power of ten.
/// It keeps the digits as written, so `1.10` is printed as `1.10`, and compares by value: `1.10 == 1.1`, `-0 == 0`,
/// `1e2 == 100`.
///
/// The limits are 38 digits (without leading zeros, with trailing ones) and an exponent of the first digit in
/// scientific notation within -308 and 308. Numbers beyond them are refused, never rounded.
public struct JSONNumber: Sendable {
    /// The maximum number of digits.
    public static let maxDigits = 38
    /// The limit, positive and negative, of the exponent in scientific notation.
    public static let maxExponent = 308

    // Two words instead of a UInt128, whose alignment of 16 would make every JSONValue a third larger.
    private let high: UInt64
    private let low: UInt64
    /// The power of ten of the last digit.
    let exponent: Int16
    /// The number of digits of the coefficient; 1 for zero.
    let digitCount: UInt8
    /// Whether a minus was written, including for `-0`.
    let hasMinus: Bool

    /// Within the type's limits, which the caller has checked.
    init(magnitude: UInt128, exponent: Int, digitCount: Int, hasMinus: Bool) {
        high = UInt64(truncatingIfNeeded: magnitude >> 64)
        low = UInt64(truncatingIfNeeded: magnitude)
        self.exponent = Int16(exponent)
        self.digitCount = UInt8(digitCount)
        self.hasMinus = hasMinus
    }

    /// An integer.
    public init(_ value: Int64) {
        let magnitude = value.magnitude
        var digits = 1
        var rest = magnitude / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        self.init(magnitude: UInt128(magnitude), exponent: 0, digitCount: digits, hasMinus: value < 0)
    }

    /// The coefficient without its sign, below 10^38.
    var magnitude: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// The exponent in scientific notation.
    var adjustedExponent: Int { Int(exponent) + Int(digitCount) - 1 }

    package var isZero: Bool { low == 0 && high == 0 }

    /// Below zero; false for `-0`.
    public var isNegative: Bool { hasMinus && !isZero }

    /// Whether the value has no fraction: true for `2`, `2.0` and `2e3`.
    public var isInteger: Bool {
        if exponent >= 0 || isZero { return true }
        let places = -Int(exponent)
        return places < Int(digitCount) && magnitude % powerOfTen(places) == 0
    }

    /// The value if it is an integer within 64 bits; `2.0` and `2e3` count.
    public var int64: Int64? {
        guard isInteger else { return nil }
        if isZero { return 0 }
        guard adjustedExponent < 19 else { return nil }
        let whole =
            exponent >= 0 ? magnitude * powerOfTen(Int(exponent)) : magnitude / powerOfTen(-Int(exponent))
        let limit = UInt128(Int64.max.magnitude) + (hasMinus ? 1 : 0)
        guard whole <= limit else { return nil }
        return hasMinus ? Int64(truncatingIfNeeded: 0 &- whole) : Int64(truncatingIfNeeded: whole)
    }

    /// The value times `10^places`, truncated, if that is within 64 bits: `1.2345` is 1234 at 3 places, and `-1.2345`
    /// is -1234.
    public func truncated(places: Int) -> Int64? {
        let shifted = Int(exponent) + places
        if isZero || adjustedExponent + places < 0 { return 0 }
        guard adjustedExponent + places < 19 else { return nil }
        let whole = shifted >= 0 ? magnitude * powerOfTen(shifted) : magnitude / powerOfTen(-shifted)
        guard let value = Int64(exactly: whole) else { return nil }
        return hasMinus ? -value : value
    }

    /// Whether dividing by the other, which is not 0, gives an integer: exactly, for any exponents.
    func isMultiple(of divisor: JSONNumber) -> Bool {
        let shift = Int(exponent) - Int(divisor.exponent)
        if isZero { return true }
        if shift >= 0 {
            // The remainder of magnitude * 10^shift; sums of two remainders fit, because both are below 10^38.
            let modulus = divisor.magnitude
            func sum(_ left: UInt128, _ right: UInt128) -> UInt128 { (left + right) % modulus }
            var remainder = magnitude % modulus
            for _ in 0..<shift where remainder != 0 {
                let double = sum(remainder, remainder)
                let quadruple = sum(double, double)
                remainder = sum(sum(quadruple, quadruple), double)
            }
            return remainder == 0
        }
        guard -shift < Int(digitCount) else { return false }
        let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: powerOfTen(-shift))
        return remainder == 0 && quotient % divisor.magnitude == 0
    }

    /// -1, 0 or 1 if this value's absolute value is smaller than, equal to or larger than the other's.
    private func compareMagnitude(to other: JSONNumber) -> Int {
        if isZero || other.isZero { return (isZero ? 0 : 1) - (other.isZero ? 0 : 1) }
        if adjustedExponent != other.adjustedExponent { return adjustedExponent < other.adjustedExponent ? -1 : 1 }
        // The first digits have the same position, so at most 37 zeros align the last digits of both.
        let shift = Int(exponent) - Int(other.exponent)
        let left = shift > 0 ? magnitude * powerOfTen(shift) : magnitude
        let right = shift < 0 ? other.magnitude * powerOfTen(-shift) : other.magnitude
        return left < right ? -1 : (left == right ? 0 : 1)
    }
}

extension JSONNumber: Hashable, Comparable {
    /// By value.
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        left.isNegative == right.isNegative && left.compareMagnitude(to: right) == 0
    }

    /// By value.
    public static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let order = left.compareMagnitude(to: right)
        return left.isNegative ? order > 0 : order < 0
    }

    /// Equal values have equal hashes, in any notation.
    public func hash(into hasher: inout Hasher) {
        if isZero { return hasher.combine(0) }
        var digits = magnitude
        while true {
            let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            digits = quotient
        }
        hasher.combine(hasMinus)
        hasher.combine(adjustedExponent)
        hasher.combine(digits)
    }
}

/// 10 to the power of 0…38.
private func powerOfTen(_ exponent: Int) -> UInt128 {
    var result: UInt128 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
}
