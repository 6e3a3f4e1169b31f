/// A tenant's name in URLs and at login: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, unique on the platform.
public struct TenantSlug: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        guard DNSLabel.isValid(text) else {
            throw Violation(
                code: "invalid_slug",
                detail: "A slug has 1 to 63 characters of a-z, 0-9 and '-', and neither begins nor ends with '-'.")
        }
        self.text = text
    }

    /// The nearest slug to a free text: lower case, every other run of characters one `-`. Nil where
    /// nothing is left.
    public init?(nearestTo text: String) {
        var slug = ""
        for scalar in text.lowercased().unicodeScalars {
            if DNSLabel.isLetterOrDigit(scalar) {
                slug.unicodeScalars.append(scalar)
            } else if !slug.isEmpty, !slug.hasSuffix("-") {
                slug.append("-")
            }
            if slug.utf8.count == 63 { break }
        }
        while slug.hasSuffix("-") { slug.removeLast() }
        guard let valid = try? TenantSlug(slug) else { return nil }
        self = valid
    }
}

/// The grammar that tenant slugs and namespace names share: a DNS label in lower case (RFC 1123).
enum DNSLabel {
    static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
            return false
        }
        return text.unicodeScalars.allSatisfy { isLetterOrDigit($0) || $0 == "-" }
    }

    static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    }
}
