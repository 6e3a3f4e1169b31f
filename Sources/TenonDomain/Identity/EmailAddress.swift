public import TenonKit

/// An e-mail address within the lengths of RFC 5321 (64 octets before the `@`, 254 in total), stored as written and
/// compared case-folded.
public struct EmailAddress: TextValue {
    public let text: String
    /// The common form of all spellings of one address.
    public let folded: String

    public static let rule = TextRule(
        3...254, .custom(isAddress), format: "email", code: "invalid_email", "look like name@example.com",
        example: "admin@mycompany.com")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
        folded = text.lowercased()
    }

    /// The part before the `@`.
    public var localPart: Substring { text.prefix { $0 != "@" } }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && text.utf8.count <= 254 && (1...64).contains(parts[0].utf8.count)
            && isLocalPart(parts[0]) && isDomain(parts[1])
    }

    /// A dot-atom (RFC 5322), including letters beyond ASCII (RFC 6531). Dots and hyphens are compared as bytes: to
    /// Swift a dot followed by a combining letter is another character.
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
    /// By bytes, like the stores.
    public static func == (left: Self, right: Self) -> Bool { sameBytes(left.folded, right.folded) }
    public func hash(into hasher: inout Hasher) { hashBytes(folded, into: &hasher) }
}

/// A login name: `[A-Za-z0-9_.@+-]{1,150}`, compared case-folded, unique within its tenant.
public struct Username: TextValue {
    public let text: String
    public let folded: String

    public static let rule = TextRule(
        1...150, .word("A-Za-z0-9_.@+-"), code: "invalid_username", "be A-Z, a-z, 0-9 and _ . @ + -",
        example: "john")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
        folded = text.lowercased()
    }
}

extension Username {
    /// Whether it is not an e-mail address, or the user's own.
    func isOwn(of email: EmailAddress) -> Bool { (try? EmailAddress(text)).map { $0 == email } ?? true }
}

extension Username: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.folded == right.folded }
    public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
