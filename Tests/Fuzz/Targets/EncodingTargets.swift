internal import TenonDomain
internal import TenonKit

enum EncodingTargets {
    private static let identifierText = pattern("^ten_[0-7][0-9a-hjkmnp-tv-z]{25}$")

    /// The input as a text, and its bytes as those of two ids.
    static func identifier(_ bytes: UnsafeRawBufferPointer) {
        let text = String(decoding: bytes, as: UTF8.self)
        let id = TenantID(text)
        precondition((id != nil) == identifierText.matches(text), "what is taken is not what the format says")
        if let id {
            precondition(isSame(id.description, text), "an id has two spellings")
            precondition(UserID(text) == nil, "a tenant's id is taken for a user's")
        }
        var reader = ByteReader(bytes)
        let first = TenantID(high: reader.word(), low: reader.word())
        let second = TenantID(high: reader.word(), low: reader.word())
        precondition(TenantID(first.description) == first, "its own text is another id")
        precondition(TenantID(bytes: first.bytes) == first, "its own bytes are another id")
        precondition((first < second) == (first.description < second.description), "ids and texts sort otherwise")
    }

    private static let base64 = pattern(
        "^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$")

    /// The input as a text, and as bytes to encode.
    static func base64URL(_ bytes: UnsafeRawBufferPointer) {
        let text = String(decoding: bytes, as: UTF8.self)
        let decoded = Base64URL.decode(text)
        precondition((decoded != nil) == base64.matches(text), "what is taken is not what the format says")
        if let decoded { precondition(isSame(Base64URL.encode(decoded), text), "bytes have two spellings") }
        let encoded = Base64URL.encode(bytes)
        precondition(Base64URL.decode(encoded) == Array(bytes), "what was encoded decodes to other bytes")
    }

    private static let timestampText = pattern(
        #"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$"#)

    /// Two moments of the years 0 to 9999, which are those that RFC 3339 can write.
    static func timestamp(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        let (first, second) = (moment(&reader), moment(&reader))
        let text = first.description
        precondition(timestampText.matches(text), "\(text) is not RFC 3339")
        precondition(milliseconds(of: text) == first.millisecondsSince1970, "\(text) is another moment")
        precondition((first < second) == (text < second.description), "moments and texts sort otherwise")
        precondition(second + (first - second) == first, "a difference leads elsewhere")
        let rest = first.millisecondsSince1970 - first.secondsSince1970 * 1000
        precondition((0..<1000).contains(rest), "seconds are not rounded down")
        precondition(Timestamp(text) == first, "\(text) is read as another moment")
        // Any text is read without a trap, and what is read can be written.
        if let read = Timestamp(String(decoding: bytes, as: UTF8.self)) {
            precondition(Timestamp(read.description) == read, "\(read) is read as another moment")
        }
    }

    private static func moment(_ reader: inout ByteReader) -> Timestamp {
        let years = 315_569_520_000_000 as UInt64
        return Timestamp(millisecondsSince1970: Int64(reader.word() % years) - 62_167_219_200_000)
    }

    /// By counting: the days of the years and months before, and the time of day.
    private static func milliseconds(of text: String) -> Int64 {
        let digits = text.split { "-T:.Z".contains($0) }.compactMap { Int64($0) }
        let (year, month) = (digits[0], Int(digits[1]))
        // As many leap years stand before year 0 as before year 400, less the 97 of an era.
        let before = year + 399
        let leapDays = before / 4 - before / 100 + before / 400 - 96
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let months: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let days = year * 365 + leapDays + months[..<(month - 1)].reduce(0, +) + digits[2] - 1 - 719_528
        return (((days * 24 + digits[3]) * 60 + digits[4]) * 60 + digits[5]) * 1000 + digits[6]
    }
}
