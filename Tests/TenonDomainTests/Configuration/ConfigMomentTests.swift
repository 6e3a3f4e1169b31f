import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct TimestampParsingTests {
    @Test(
        "the forms of RFC 3339 are read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01t00:00:00z", 0),
            ("1970-01-01 00:00:00Z", 0),
            ("1970-01-01T00:00:00.5Z", 500),
            ("1970-01-01T00:00:00.0019Z", 1),
            ("1970-01-01T00:00:00.123456789012345678901234567890Z", 123),
            ("1970-01-01T01:30:00+01:30", 0),
            ("1969-12-31T19:00:00-05:00", 0),
            ("1970-01-01T00:00:00-00:00", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2024-02-29T12:00:00+12:00", 1_709_164_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ] as [(String, Int64)])
    func accepted(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.millisecondsSince1970 == milliseconds)
    }

    @Test(
        "a leap second is the second behind it, and stands where one can be",
        arguments: ["1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"])
    func leapSecond(text: String) {
        #expect(Timestamp(text)?.description == "1991-01-01T00:00:00.000Z")
    }

    @Test(
        "anything else is no time",
        arguments: [
            "", "2026", "2026-01-01", "2026-01-01T00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00,5Z", "2026-1-01T00:00:00Z", "26-01-01T00:00:00Z", "+2026-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z", "12026-01-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
            "2026-01-01T12:30:60Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60",
            "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+01", "2026-01-01T00:00:00ZZ", " 2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z ", "2026-01-01_00:00:00Z", "2026-01-01T00:00:00Z\u{0}", "２026-01-01T00:00:00Z",
        ])
    func refused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "a time whose year in UTC has no four digits is none, since nothing could write it",
        arguments: ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z"])
    func beyondFourDigits(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("what a timestamp writes is read as the same one, in every offset")
    func roundTrip() {
        var random = SplitMix64(seed: 3339)
        for _ in 0..<20_000 {
            let moment = Timestamp(
                millisecondsSince1970: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
            #expect(Timestamp(moment.description) == moment)
            let minutes = Int64.random(in: -1439...1439, using: &random)
            let local = Timestamp(millisecondsSince1970: moment.millisecondsSince1970 + minutes * 60_000)
            guard (-62_167_219_200_000...253_402_300_799_999).contains(local.millisecondsSince1970) else { continue }
            func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
            let offset = (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60) + ":" + two(abs(minutes) % 60)
            #expect(Timestamp(local.description.dropLast() + offset) == moment)
        }
    }
}

@Suite struct ConfigMomentTests {
    @Test("a number is a revision and a time is a time")
    func forms() throws {
        #expect(try ConfigMoment("0") == .revision(0))
        #expect(try ConfigMoment("9223372036854775807") == .revision(.max))
        #expect(
            try ConfigMoment("2026-01-31T08:00:00+01:00")
                == .time(Timestamp(millisecondsSince1970: 1_769_842_800_000)))
    }

    @Test(
        "nothing else is a moment",
        arguments: ["", "-1", "+1", "01", "1.0", " 1", "9223372036854775808", "now", "2026-01-31"])
    func refused(text: String) {
        #expect(throws: Violation.self) { try ConfigMoment(text) }
    }
}
