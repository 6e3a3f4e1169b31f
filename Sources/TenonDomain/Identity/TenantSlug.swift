public import TenonKit

/// A tenant's name in URLs and at login: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, unique on the platform.
public struct TenantSlug: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...63, .label, code: "invalid_slug", TextForm.labelRequirement, example: "mycompany")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }

    /// The nearest slug to a free text: lower case, Latin letters without their marks, every other run of characters one
    /// `-`. Nil where nothing is left, and where a letter of the text has no form in a-z: two names that differ in it must
    /// not get one slug.
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

/// Latin letters with marks, and ligatures, as they are written in a-z.
private enum LatinLetters {
    /// `scalar` in lower case; nil where it is no such letter and no digit.
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
