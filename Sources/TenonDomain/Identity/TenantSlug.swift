public import TenonKit

/// A tenant's name in URLs and at login: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, unique on the platform.
public struct TenantSlug: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...63, .label, code: "invalid_slug", TextForm.labelRequirement, example: "mycompany")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }

    /// Derives a slug from a name: lower case, Latin letters without marks, and `-` for every other run of characters.
    /// Nil if nothing is left, or if a letter has no form in a-z: two names that differ only in it must not get the
    /// same slug.
    public init?(nearestTo text: String) {
        var slug = ""
        for scalar in text.lowercased().unicodeScalars {
            if let letters = LatinLetters.plain(scalar) {
                slug += letters
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                return nil
            } else if scalar.properties.generalCategory != .nonspacingMark, !slug.isEmpty, !slug.hasSuffix("-") {
                slug.append("-")
            }
        }
        slug = String(slug.prefix(63))
        while slug.hasSuffix("-") { slug.removeLast() }
        guard let valid = try? TenantSlug(slug) else { return nil }
        self = valid
    }
}

/// Latin letters with marks, and ligatures, as written in a-z.
private enum LatinLetters {
    /// `scalar` in lower case; nil for other letters.
    static func plain(_ scalar: Unicode.Scalar) -> String? {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? String(scalar) : table[scalar]
    }

    private static let table: [Unicode.Scalar: String] = {
        let rows = [
            "a": "àáâãäåāăąǎ", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęěẽ", "g": "ĝğġģ", "h": "ĥħ",
            "i": "ìíîïĩīĭįıǐ", "ij": "ĳ", "j": "ĵ", "k": "ķĸ", "l": "ĺļľŀł", "n": "ñńņňŋ", "o": "òóôõöøōŏőǒơ",
            "oe": "œ",
            "r": "ŕŗř", "s": "śŝşšșſ", "ss": "ßẞ", "t": "ţťŧț", "th": "þ", "u": "ùúûüũūŭůűųǔư", "w": "ŵ", "y": "ýÿŷỳ",
            "z": "źżž",
        ]
        return rows.reduce(into: [:]) { table, row in for scalar in row.value.unicodeScalars { table[scalar] = row.key }
        }
    }()
}
