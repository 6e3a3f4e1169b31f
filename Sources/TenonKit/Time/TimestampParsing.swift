extension Timestamp {
    /// RFC 3339: `2026-11-21T04:05:06Z`, with any number of fractional digits, of which three are used, or with an
    /// offset from UTC instead of `Z`. A leap second, which must be at the end of a day in UTC, becomes the following
    /// second. Nil for anything else, and if the year in UTC is not 0 to 9999, because `description` could not print
    /// it.
    public init?(_ text: String) {
        var digits = TimestampDigits(text)
        guard let year = digits.number(4), digits.take("-"), let month = digits.number(2), digits.take("-"),
            let day = digits.number(2), digits.take("T") || digits.take("t") || digits.take(" "),
            let hour = digits.number(2), digits.take(":"), let minute = digits.number(2), digits.take(":"),
            let second = digits.number(2), let milliseconds = digits.fraction(), let offset = digits.offset(),
            digits.isAtEnd, (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
            hour < 24, minute < 60
        else { return nil }
        let seconds = ((Self.days(before: year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
        guard second < 60 || (second == 60 && seconds % 86_400 == 0), Self.writableSeconds.contains(seconds) else {
            return nil
        }
        self.init(millisecondsSince1970: Int64(seconds) * 1000 + Int64(milliseconds))
    }

    /// The years 0 to 9999.
    private static let writableSeconds = days(before: 0, 1, 1) * 86_400..<days(before: 10_000, 1, 1) * 86_400

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, in years that begin in March.
    private static func days(before year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// Parses a time from its beginning.
private struct TimestampDigits {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func number(_ count: Int) -> Int? {
        var number = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Milliseconds; 0 without a fraction.
    mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        guard let first = digit() else { return nil }
        var milliseconds = first * 100
        var weight = 10
        while let digit = digit() {
            milliseconds += digit * weight
            weight /= 10
        }
        return milliseconds
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isEast ? 1 : -1)
    }
}
