/// A moment in UTC with millisecond precision, as in the API and the stores.
public struct Timestamp: Sendable, Hashable, Comparable {
    public let millisecondsSince1970: Int64

    public init(millisecondsSince1970: Int64) {
        self.millisecondsSince1970 = millisecondsSince1970
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.millisecondsSince1970 < right.millisecondsSince1970
    }

    /// Adds whole milliseconds; the rest is truncated.
    public static func + (moment: Self, duration: Duration) -> Self {
        Timestamp(millisecondsSince1970: moment.millisecondsSince1970 + duration.milliseconds)
    }

    public static func - (moment: Self, duration: Duration) -> Self {
        Timestamp(millisecondsSince1970: moment.millisecondsSince1970 - duration.milliseconds)
    }

    /// The time from `earlier` to `later`.
    public static func - (later: Self, earlier: Self) -> Duration {
        .milliseconds(later.millisecondsSince1970 - earlier.millisecondsSince1970)
    }

    /// Seconds since 1970, rounded down: a NumericDate of JWT (RFC 7519).
    public var secondsSince1970: Int64 {
        Int64((Double(millisecondsSince1970) / 1000).rounded(.down))
    }
}

extension Duration {
    /// Whole milliseconds, truncated towards zero.
    public var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with three fractional digits: `2026-11-21T04:05:06.789Z`.
    public var description: String {
        let days =
            (millisecondsSince1970 >= 0 ? millisecondsSince1970 : millisecondsSince1970 - 86_399_999) / 86_400_000
        let rest = Int(millisecondsSince1970 - days * 86_400_000)
        let (year, month, day) = Self.civil(fromDays: Int(days))
        return String(unsafeUninitializedCapacity: 24) { buffer in
            func put(_ value: Int, _ width: Int, at start: Int, then separator: Unicode.Scalar) {
                var value = value
                for index in stride(from: start + width - 1, through: start, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
                buffer[start + width] = UInt8(ascii: separator)
            }
            put(year, 4, at: 0, then: "-")
            put(month, 2, at: 5, then: "-")
            put(day, 2, at: 8, then: "T")
            put(rest / 3_600_000, 2, at: 11, then: ":")
            put(rest / 60_000 % 60, 2, at: 14, then: ":")
            put(rest / 1000 % 60, 2, at: 17, then: ".")
            put(rest % 1000, 3, at: 20, then: "Z")
            return 24
        }
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01, in 400-year eras whose years begin in March, so
    /// that the leap day is the last of its year.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
