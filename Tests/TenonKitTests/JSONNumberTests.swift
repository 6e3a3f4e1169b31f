import TestSupport
import Testing

@testable import TenonKit

@Suite struct JSONNumberTests {
    @Test(
        "Digits after a place are cut off, and what is beyond 64 bits is none",
        arguments: [
            ("1.2345", 3, 1234), ("-1.2345", 3, -1234), ("7", 3, 7000), ("0", 3, 0), ("-0.0", 3, 0), ("1e-300", 3, 0),
            ("0.0009", 3, 0), ("0.001", 3, 1), ("1.5e3", 0, 1500), ("9223372036854775807", 0, .max),
            ("9223372036854775.807", 3, .max), ("9223372036854775.808", 3, nil), ("1e300", 3, nil), ("1e19", 0, nil),
            ("12345678901234567890123456789012345678e-37", 3, 1234),
        ] as [(String, Int, Int64?)])
    func truncation(text: String, places: Int, expected: Int64?) throws {
        #expect(try #require(JSONParser.parse(text).numberValue).truncated(places: places) == expected)
    }

    @Test(
        "A number is shown as it was written, in plain notation or, where that is long, in scientific",
        arguments: [
            ("0", "0"), ("-0", "-0"), ("0.00", "0.00"), ("1.10", "1.10"), ("-12.345", "-12.345"), ("1200", "1200"),
            ("1e2", "1e2"), ("12E+3", "1.2e4"), ("1.50e1", "15.0"), ("0.000001", "0.000001"), ("1e-7", "1e-7"),
            ("0.00000012", "1.2e-7"), ("123e-2", "1.23"), ("1e-308", "1e-308"), ("9.99e308", "9.99e308"),
            ("0e5", "0e5"), ("0.0e-3", "0.0000"), ("-1.5e-300", "-1.5e-300"), ("100e-1", "10.0"),
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
            ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
            ("-0.00000099999999999999999999999999999999999999", "-9.9999999999999999999999999999999999999e-7"),
            ("0.0000010000000000000000000000000000000000000", "0.0000010000000000000000000000000000000000000"),
        ])
    func shown(text: String, expected: String) throws {
        let number = try JSONNumber(text)
        #expect(number.description == expected)
        #expect(try JSONNumber(number.description).description == expected)
        #expect(number.description.utf8.count <= JSONNumber.maxTextLength)
    }

    @Test(
        "What RFC 8259 does not write so is no number",
        arguments: [
            "", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e2", "1e", "1e+", "0x10", "1_000", "NaN", "Infinity",
            "--1",
            "- 1", " 1", "1 ", "1.2.3", "1e2e3", "1e2.5", "١",
        ])
    func malformed(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONNumber(text) }
        #expect(error?.code == .invalidJSON)
    }

    @Test(
        "A number is refused, not rounded, past 38 digits or an exponent of 308",
        arguments: [
            "100000000000000000000000000000000000000", "0.123456789012345678901234567890123456789",
            "1.00000000000000000000000000000000000000", "1e309", "10e308", "1e-309", "0.1e-308", "0e309", "-1e400",
            "1e99999999999999999999999999", "1e-99999999999999999999999999",
        ])
    func outOfBounds(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONNumber(text) }
        #expect(error?.code == .numberOutOfBounds)
        #expect(error?.offset == 0)
    }

    @Test(
        "Numbers are equal, and hash alike, by value",
        arguments: [
            ("1.10", "1.1"), ("-0", "0"), ("0e5", "-0.000"), ("1e2", "100"), ("1e2", "100.00"), ("-2.50", "-25e-1"),
            ("1e37", "10000000000000000000000000000000000000"), ("0.1e-307", "1e-308"),
        ])
    func equality(left: String, right: String) throws {
        let (left, right) = (try JSONNumber(left), try JSONNumber(right))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(!(left < right) && !(right < left))
    }

    @Test("Numbers are ordered by value")
    func order() throws {
        let ascending = [
            "-1e308", "-1e2", "-99.9", "-1.1", "-1", "-1e-308", "0", "1e-308", "0.1", "0.10000000000000000001", "1",
            "1.0000000000000000000000000000000000001", "9", "10", "11e1", "1e38", "9.9e307", "1e308",
        ]
        let numbers = try ascending.map { try JSONNumber($0) }
        for (index, number) in numbers.enumerated() {
            for (otherIndex, other) in numbers.enumerated() {
                #expect((number < other) == (index < otherIndex), "\(number) < \(other)")
                #expect((number == other) == (index == otherIndex), "\(number) == \(other)")
            }
        }
    }

    @Test("An integer within 64 bits is taken out whole, however it is written")
    func integers() throws {
        for (text, value) in [
            ("0", 0), ("-0.0", 0), ("2.0", 2), ("2e3", 2000), ("-1200e-2", -12), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", Int64.min), ("9.223372036854775807e18", Int64.max), ("0e300", 0),
        ] {
            let number = try JSONNumber(text)
            #expect(number.isInteger, "\(text)")
            #expect(number.int64 == value, "\(text)")
            #expect(number == JSONNumber(value), "\(text)")
        }
        for text in ["9223372036854775808", "-9223372036854775809", "1e19", "1e308"] {
            let number = try JSONNumber(text)
            #expect(number.isInteger && number.int64 == nil, "\(text)")
        }
        for text in ["0.5", "2.50", "1e-1", "123.456", "1e-300"] {
            let number = try JSONNumber(text)
            #expect(!number.isInteger && number.int64 == nil, "\(text)")
        }
    }

    @Test("Every 64-bit integer is shown with its own digits")
    func int64Text() throws {
        var random = SplitMix64(seed: 1)
        for value in [0, 1, -1, 9, 10, -10, Int64.max, Int64.min]
            + (0..<1000).map({ Int64.random(in: .min ... .max, using: &random) >> ($0 % 64) })
        {
            #expect(JSONNumber(value).description == String(value))
            #expect(try JSONNumber(String(value)) == JSONNumber(value))
        }
    }

    @Test("Only what lies below zero is negative")
    func sign() throws {
        #expect(try JSONNumber("-0.1").isNegative)
        #expect(try !JSONNumber("-0").isNegative)
        #expect(try !JSONNumber("0.1").isNegative)
    }
}
