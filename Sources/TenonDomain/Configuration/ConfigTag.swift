public import TenonKit

/// A label of an entry: `[A-Za-z0-9]([A-Za-z0-9._:/-]{0,62})`, case-sensitive.
public struct ConfigTag: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        let isWellFormed = text.utf8.enumerated().allSatisfy { place, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "-"):
                place > 0
            default: false
            }
        }
        guard (1...63).contains(text.utf8.count), isWellFormed else {
            throw Violation(
                code: "invalid_tag",
                detail: "A tag has 1 to 63 characters of A-Z, a-z, 0-9, '.', '_', ':', '/' and '-', "
                    + "and begins with a letter or a digit.")
        }
        self.text = text
    }
}

/// The labels of an entry: at most 20, each once, in the order of their bytes.
public struct ConfigTags: Sendable, Hashable {
    public static let maximum = 20
    public static let none = ConfigTags()

    public let texts: [String]

    private init() {
        texts = []
    }

    /// The violations point to the element that breaks a rule.
    public init(_ texts: [String]) throws(Failure) {
        var violations: [Violation] = []
        for (place, text) in texts.enumerated() {
            do {
                _ = try ConfigTag(text)
            } catch {
                violations.append(error.nested(under: "/\(place)"))
            }
        }
        if texts.count > Self.maximum {
            violations.append(
                Violation(code: "too_many_tags", detail: "An entry has at most \(Self.maximum) tags."))
        } else if Set(texts).count < texts.count {
            violations.append(Violation(code: "duplicate_tag", detail: "A tag stands here twice."))
        }
        guard violations.isEmpty else { throw .invalid(violations) }
        self.texts = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
