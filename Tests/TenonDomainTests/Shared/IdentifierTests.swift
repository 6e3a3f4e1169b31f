import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct IdentifierTests {
    @Test("its text is the prefix and 26 characters, and reads back")
    func roundTrip() {
        let ids = Identifiers.forTests()
        for _ in 0..<100 {
            let id: TenantID = ids.next()
            #expect(id.description.count == 30)
            #expect(id.description.hasPrefix("ten_"))
            #expect(TenantID(id.description) == id)
            #expect(TenantID(bytes: id.bytes) == id)
        }
    }

    @Test("the extremes have their texts")
    func extremes() {
        #expect(TenantID(high: 0, low: 0).description == "ten_00000000000000000000000000")
        #expect(TenantID(high: .max, low: .max).description == "ten_7zzzzzzzzzzzzzzzzzzzzzzzzz")
    }

    @Test(
        "what is not an id of the kind is refused",
        arguments: [
            "", "ten_", "usr_00000000000000000000000000", "ten_0000000000000000000000000",
            "ten_000000000000000000000000000", "ten_80000000000000000000000000", "ten_0000000000000000000000000i",
            "ten_0000000000000000000000000U", "ten-00000000000000000000000000", "TEN_00000000000000000000000000",
        ])
    func refused(text: String) {
        #expect(TenantID(text) == nil)
    }

    @Test("it is a UUID of version 7 that carries its time")
    func version7() {
        let clock = ManualClock()
        let id: UserID = Identifiers.forTests(clock).next()
        #expect(id.high >> 12 & 0xF == 7)
        #expect(id.low >> 62 == 2)
        #expect(Int64(id.high >> 16) == clock.now().millisecondsSince1970)
    }

    @Test("ids of one maker ascend, also within a millisecond and past its 4,096")
    func ascending() {
        let ids = Identifiers.forTests()
        let made: [UserID] = (0..<10_000).map { _ in ids.next() }
        #expect(made == made.sorted())
        #expect(Set(made).count == made.count)
    }

    @Test("later ids sort behind earlier ones, as ids and as text")
    func order() {
        let clock = ManualClock()
        let ids = Identifiers.forTests(clock)
        let first: UserID = ids.next()
        clock.advance(by: .milliseconds(1))
        let second: UserID = ids.next()
        #expect(first < second)
        #expect(first.description < second.description)
    }
}

@Suite struct TimestampTests {
    @Test(
        "it prints as RFC 3339 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
            (951_782_400_123, "2000-02-29T00:00:00.123Z"), (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func format(milliseconds: Int64, text: String) {
        #expect(Timestamp(millisecondsSince1970: milliseconds).description == text)
    }

    @Test("seconds are rounded down, before 1970 as well")
    func seconds() {
        #expect(Timestamp(millisecondsSince1970: 1999).secondsSince1970 == 1)
        #expect(Timestamp(millisecondsSince1970: -1).secondsSince1970 == -1)
    }
}

@Suite struct SecretTests {
    @Test("it never prints what it holds")
    func redacted() {
        let secret = Secret("hunter22".utf8)
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)" == "<redacted>")
        #expect(String(reflecting: secret) == "<redacted>")
        #expect(!dumped.contains("hunter22"))
        #expect("\([secret])\(["a": secret])".contains("hunter22") == false)
    }

    @Test("two are equal when their bytes are")
    func equality() {
        #expect(Secret([1, 2, 3]) == Secret([1, 2, 3]))
        #expect(Secret([1, 2, 3]) != Secret([1, 2, 4]))
        #expect(Secret([1, 2, 3]) != Secret([1, 2]))
    }
}

@Suite struct Base64URLTests {
    @Test(
        "the vectors of RFC 4648 §10, without padding",
        arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy")])
    func vectors(plain: String, encoded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test("bytes that need the alphabet for URLs", arguments: [([0xFB, 0xFF] as [UInt8], "-_8")])
    func alphabet(bytes: [UInt8], encoded: String) {
        #expect(Base64URL.encode(bytes) == encoded)
        #expect(Base64URL.decode(encoded) == bytes)
    }

    @Test(
        "padding, foreign characters, lone digits and left-over bits are refused",
        arguments: ["Zg==", "Z", "Zh", "Z+", "Zm 9"])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
