public import TenonKit

/// A label of an entry: `[A-Za-z0-9]([A-Za-z0-9._:/-]{0,62})`, case-sensitive.
public struct ConfigTag: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...63, .word(first: "A-Za-z0-9", "A-Za-z0-9._:/-"), code: "invalid_tag",
        "be A-Z, a-z, 0-9, '.', '_', ':', '/' and '-', and begin with a letter or digit", example: "team:platform")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

/// The labels of an entry: at most 20, without duplicates, in byte order.
public struct ConfigTags: Sendable, Hashable {
    public static let maximum = 20
    public static let none = ConfigTags()

    public let texts: [String]

    private init() {
        texts = []
    }

    /// The violations point to the invalid element.
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
                Violation(code: "too_many_tags", detail: "must have at most \(Self.maximum) tags, got \(texts.count)"))
        } else if Set(texts).count < texts.count {
            violations.append(Violation(code: "duplicate_tag", detail: "Duplicate tag."))
        }
        guard violations.isEmpty else { throw .invalid(violations) }
        self.texts = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
