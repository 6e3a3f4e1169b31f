internal import TenonDomain
internal import TenonKit

enum NameTargets {
    private static let label = pattern("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
    private static let username = pattern("^[A-Za-z0-9_.@+-]{1,150}$")
    private static let key = pattern("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$")

    /// A text is a name when the pattern that its documentation gives matches, and stays as it was written.
    static func names(_ text: String) {
        check(try? TenantSlug(text).text, text, label)
        check(try? NamespaceName(text).text, text, label)
        check(try? ConfigKey(text).text, text, key)
        if !text.isEmpty { check(try? ConfigKeyPrefix(text).text, text, key) }
        let name = try? Username(text)
        check(name?.text, text, username)
        if let name { precondition(try! Username(name.folded) == name, "folded, it is another name") }

        let slug = TenantSlug(nearestTo: text)
        let scalars = text.lowercased().unicodeScalars
        let hasAny = scalars.contains { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) }
        let isPlain = scalars.allSatisfy(\.isASCII)
        precondition(!isPlain || (slug != nil) == hasAny, "ASCII letters and digits make a slug, and nothing else does")
        if let slug { precondition(TenantSlug(nearestTo: slug.text) == slug, "a slug is the nearest to itself") }
    }

    private static func check(_ taken: String?, _ text: String, _ pattern: Pattern) {
        precondition((taken != nil) == pattern.matches(text), "what is taken is not what \(pattern) says")
        if let taken { precondition(isSame(taken, text), "the text changed") }
    }

    /// Atoms and labels as they may stand, whatever letters beyond ASCII they have.
    private static let address = pattern(
        #"^[^@.]+(\.[^@.]+)*@[^@.-]([^@.]*[^@.-])?(\.[^@.-]([^@.]*[^@.-])?)*$"#)
    private static let asciiAddress = pattern(
        #"^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"#
            + #"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"#)

    /// Two addresses: each has the form of one, and they are one when they fold to the same bytes.
    static func email(_ first: String, _ second: String) {
        guard let left = address(first), let right = address(second) else { return }
        precondition((left == right) == isSame(left.folded, right.folded), "equal addresses fold to the same")
        if left == right { precondition(left.hashValue == right.hashValue, "equal addresses hash alike") }
    }

    private static func address(_ text: String) -> EmailAddress? {
        let parsed = try? EmailAddress(text)
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            let isAddress =
                asciiAddress.matches(text) && text.utf8.count <= 254 && text.utf8.prefix { $0 != 0x40 }.count <= 64
            precondition((parsed != nil) == isAddress, "what is taken is not what RFC 5321 says")
        }
        guard let parsed else { return nil }
        precondition(address.matches(text), "this has not the form of an address")
        precondition(isSame(parsed.text, text), "the text changed")
        precondition(isSame(parsed.folded.lowercased(), parsed.folded), "folding twice is not folding once")
        precondition(parsed.localPart.utf8.elementsEqual(text.utf8.prefix { $0 != 0x40 }), "another local part")
        return parsed
    }

    private static let clean = pattern(#"^\P{Cc}*$"#)
    private static let cleanLines = pattern(#"^[\P{Cc}\n\t]*$"#)

    /// Display names and descriptions.
    static func text(_ text: String) {
        let length = text.unicodeScalars.count
        let name = try? DisplayName(text).text
        precondition((name != nil) == ((1...200).contains(length) && clean.matches(text)), "names differ")
        let description = try? Description(text).text
        precondition((description != nil) == (length <= 2000 && cleanLines.matches(text)), "descriptions differ")
        for taken in [name, description].compactMap(\.self) { precondition(isSame(taken, text), "the text changed") }
    }

    /// All that a refusal ever says.
    private static let refusals = Set(
        [("", 8), ("", 12), ("password1", 8), (String(repeating: "x", count: 129), 8)].map {
            (text: String, minimum: Int) -> [Violation] in
            do throws(Failure) {
                _ = try PasswordPolicy(minimumLength: minimum).check(Secret(text))
                return []
            } catch {
                return error.violations
            }
        })

    /// A password that is taken is taken as it is, in any case; a refusal says nothing of it.
    static func password(_ text: String) {
        let verdict = refusal(of: text, minimum: 8)
        let length = text.unicodeScalars.count
        let alike: String
        switch verdict {
        case nil: alike = "Zp4 no list has this"
        case "password_too_common": alike = "password1"
        default: alike = length < 8 ? "" : String(repeating: "x", count: 129)
        }
        precondition(verdict == refusal(of: alike, minimum: 8), "the verdict is not what the length makes it")
        precondition(verdict != nil || (8...128).contains(length), "the bounds of the length are not kept")
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            precondition(refusal(of: text.uppercased(), minimum: 8) == verdict, "another case, another verdict")
        }
        if refusal(of: text, minimum: 12) == nil { precondition(verdict == nil, "a stricter policy takes more") }
    }

    private static func refusal(of text: String, minimum: Int) -> String? {
        do throws(Failure) {
            let secret = Secret(text)
            let taken = try PasswordPolicy(minimumLength: minimum).check(secret)
            precondition(taken == secret, "the password changed")
            return nil
        } catch {
            precondition(refusals.contains(error.violations), "the refusal depends on the password")
            return error.violations.first?.code
        }
    }
}
