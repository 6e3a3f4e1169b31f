import TenonDomain
import TenonKit
import Testing

@Suite struct TenantSlugTests {
    @Test(
        "a DNS label in lower case is a slug",
        arguments: ["a", "my-company", "0", "a--b", String(repeating: "a", count: 63)])
    func accepted(text: String) throws {
        #expect(try TenantSlug(text).text == text)
    }

    @Test(
        "anything else is refused",
        arguments: ["", "-a", "a-", "A", "a_b", "a.b", "ä", "a b", String(repeating: "a", count: 64)])
    func refused(text: String) {
        #expect(throws: Violation.self) { try TenantSlug(text) }
    }

    @Test(
        "The nearest slug to a name keeps digits and Latin letters, without their marks; other letters have none",
        arguments: [
            ("My Company", "my-company"), ("  Ünïted & Co.  ", "united-co"), ("Łódź", "lodz"), ("Öpfel", "opfel"),
            ("Äpfel", "apfel"),
            ("Straße 7", "strasse-7"), ("u\u{308}ber", "uber"), ("Москва", nil), ("Acme 東京", nil), ("٣", nil),
            ("mycompany", "mycompany"), ("!!!", nil),
            (String(repeating: "x", count: 70), String(repeating: "x", count: 63)),
        ] as [(String, String?)])
    func nearest(name: String, slug: String?) {
        #expect(TenantSlug(nearestTo: name)?.text == slug)
    }
}

@Suite struct EmailAddressTests {
    @Test(
        "addresses of RFC 5321 and 6531 are accepted",
        arguments: ["a@b.co", "first.last+tag@example.com", "o'neil@x-y.org", "user@localhost", "grüße@exämple.de"])
    func accepted(text: String) throws {
        #expect(try EmailAddress(text).text == text)
    }

    @Test(
        "what is none is refused",
        arguments: [
            "", "a", "@b", "a@", "a@@b", "a b@c.d", ".a@b.c", "a.@b.c", "a..b@c.d", "a@-b.c", "a@b-.c", "a@b..c",
            "a\u{0}@b.c", "a@b\n.c", String(repeating: "a", count: 65) + "@b.c",
            "a@" + String(repeating: "b", count: 64) + ".c",
        ])
    func refused(text: String) {
        #expect(throws: Violation.self) { try EmailAddress(text) }
    }

    @Test(
        "a dot or hyphen stands where it may not, also with a combining letter behind it",
        arguments: ["a..\u{0659}b@c.d", ".\u{0345}a@b.c", "a@-\u{0345}b.c", "a@b.\u{0345}c", "a@\u{0345}b.c"])
    func combining(text: String) {
        #expect(throws: Violation.self) { try EmailAddress(text) }
    }

    @Test("addresses are compared by their bytes, as the stores do, not by canonical equivalence")
    func equivalence() throws {
        let (oxia, tonos) = (try EmailAddress("\u{1F71}@b.c"), try EmailAddress("\u{03AC}@b.c"))
        #expect(oxia != tonos)
        #expect(Set([oxia, tonos]).count == 2)
    }

    @Test("two spellings in other cases are one address")
    func folding() throws {
        #expect(try EmailAddress("Ann@Example.COM") == EmailAddress("ann@example.com"))
    }
}

@Suite struct PasswordPolicyTests {
    private func refusal(of text: String, minimum: Int = 8) -> String? {
        do {
            _ = try PasswordPolicy(minimumLength: minimum).check(Secret(text.utf8))
            return nil
        } catch {
            return error.violations.first?.code
        }
    }

    @Test(
        "the passwords of the seeds' examples pass", arguments: ["SecurePassword123", "SecurePass123!", "TestPass123!"])
    func seeds(text: String) {
        #expect(refusal(of: text) == nil)
    }

    @Test("lengths are counted in Unicode scalars and bounded at both ends")
    func lengths() {
        #expect(refusal(of: "1bcdefg") == "password_too_short")
        #expect(refusal(of: "äöüßéèêë") == nil)
        let longest = String((0..<128).map { Character(Unicode.Scalar(UInt8(97 + $0 * 7 % 26))) })
        #expect(refusal(of: longest) == nil)
        #expect(refusal(of: longest + "c") == "password_too_long")
        #expect(refusal(of: "abcdefghijk", minimum: 12) == "password_too_short")
    }

    @Test(
        "common passwords are refused in any case", arguments: ["password1", "PASSWORD123", "Qwertyuiop", "12345678"])
    func common(text: String) {
        #expect(refusal(of: text) == "password_too_common")
    }

    @Test("a refusal does not repeat the password")
    func quiet() {
        do {
            _ = try PasswordPolicy().check(Secret("qwerty12".utf8))
            Issue.record("it passed")
        } catch {
            #expect(!"\(error)".contains("qwerty12"))
        }
    }
}
