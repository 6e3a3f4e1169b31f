public import TenonKit

/// An e-mail address within the lengths of RFC 5321 (64 octets before the `@`, 254 in all), kept as
/// written and compared case-folded.
public struct EmailAddress: Sendable {
    public let text: String
    /// What two spellings of one address have in common.
    public let folded: String

    public init(_ text: String) throws(Violation) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254,
            (1...64).contains(parts[0].utf8.count), Self.isLocalPart(parts[0]), Self.isDomain(parts[1])
        else {
            throw Violation(code: "invalid_email", detail: "An e-mail address looks like name@example.com.")
        }
        self.text = text
        folded = text.lowercased()
    }

    /// What stands before the `@`.
    public var localPart: Substring { text.prefix { $0 != "@" } }

    /// A dot-atom (RFC 5322), letters beyond ASCII included (RFC 6531). Dots and hyphens are sought as bytes: to
    /// Swift a dot with a combining letter after it is another character.
    private static func isLocalPart(_ text: Substring) -> Bool {
        let atoms = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty }
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    ? "!#$%&'*+-/=?^_`{|}~.".unicodeScalars.contains(scalar) || isLetterOrDigit(scalar)
                    : scalar.properties.isAlphabetic
            }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.first != UInt8(ascii: "-") && label.utf8.last != UInt8(ascii: "-")
                && label.unicodeScalars.allSatisfy { scalar in
                    scalar.isASCII ? isLetterOrDigit(scalar) || scalar == "-" : scalar.properties.isAlphabetic
                }
        }
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }
}

extension EmailAddress: Hashable {
    /// By bytes, as stores compare.
    public static func == (left: Self, right: Self) -> Bool { sameBytes(left.folded, right.folded) }
    public func hash(into hasher: inout Hasher) { hashBytes(folded, into: &hasher) }
}

/// A login name: `[A-Za-z0-9_.@+-]{1,150}`, compared case-folded, unique within its tenant.
public struct Username: Sendable {
    public let text: String
    public let folded: String

    public init(_ text: String) throws(Violation) {
        let isValid =
            (1...150).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "@"),
                    UInt8(ascii: "+"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isValid else {
            throw Violation(
                code: "invalid_username", detail: "A username has 1 to 150 characters of A-Z, a-z, 0-9 and _ . @ + -")
        }
        self.text = text
        folded = text.lowercased()
    }
}

extension Username {
    /// Whether it is no e-mail address, or the user's own.
    func isOwn(of email: EmailAddress) -> Bool { (try? EmailAddress(text)).map { $0 == email } ?? true }
}

extension Username: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.folded == right.folded }
    public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
