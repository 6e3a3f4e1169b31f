public import TenonKit

/// A string with a grammar. The one declaration of its rule yields validation, the schema of the API and the error text.
public protocol TextValue: Sendable {
    static var rule: TextRule { get }
    var text: String { get }
    /// Fails with the codes of the rule.
    init(_ text: String) throws(Violation)
}

/// What a text may be: how long, and of which characters.
public struct TextRule: Sendable {
    /// In Unicode scalars, as JSON Schema counts them.
    public let length: ClosedRange<Int>
    /// A regular expression for the whole text; nil where JSON Schema cannot say it.
    public let pattern: String?
    /// A format of JSON Schema.
    public let format: String?
    /// What a reader of the schema needs beyond the rule.
    public let note: String?
    /// Passes the rule.
    public let example: String
    private let lengthCode: String
    private let code: String
    /// Completes "must …".
    private let requirement: String
    private let isValid: @Sendable (String) -> Bool

    /// `requirement` completes "must …"; `lengthCode` is `code` where a violation of the length has no code of its own.
    package init(
        _ length: ClosedRange<Int>, _ form: TextForm, format: String? = nil, code: String, lengthCode: String? = nil,
        _ requirement: String, note: String? = nil, example: String
    ) {
        self.length = length
        pattern = form.pattern
        isValid = form.isValid
        self.format = format
        self.note = note
        self.example = example
        self.code = code
        self.lengthCode = lengthCode ?? code
        self.requirement = requirement
    }

    /// Any text of the length.
    package init(_ length: ClosedRange<Int>, code: String, example: String) {
        self.init(length, TextForm(pattern: nil) { _ in true }, code: code, "", example: example)
    }

    /// The text, if it keeps the rule.
    public func check(_ text: String) throws(Violation) -> String {
        // Each scalar has at least one byte.
        let isShort = text.utf8.count <= length.upperBound && text.utf8.count >= 4 * length.lowerBound
        if !isShort {
            let count = text.unicodeScalars.count
            guard length.contains(count) else {
                throw Violation(code: lengthCode, detail: "must be \(bounds) characters, got \(count)")
            }
        }
        guard isValid(text) else {
            throw Violation(code: code, detail: "must \(requirement)" + (Self.isPlain(text) ? ", got \"\(text)\"" : ""))
        }
        return text
    }

    private var bounds: String {
        length.lowerBound == 0 ? "at most \(length.upperBound)" : "\(length.lowerBound) to \(length.upperBound)"
    }

    /// Whether a message may contain the text unchanged.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 100 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

/// Of which characters a text is.
package struct TextForm: Sendable {
    /// Anchored, in the syntax that ECMA-262 and RE2 share.
    let pattern: String?
    let isValid: @Sendable (String) -> Bool

    /// ASCII characters of these classes, written as in a regular expression; `first` and `last` are part of `rest`. The
    /// pattern admits the empty text only where `mayBeEmpty` says so.
    package static func word(
        first: String? = nil, _ rest: String, last: String? = nil, mayBeEmpty: Bool = false
    ) -> TextForm {
        let (start, inner, end) = (ASCIIClass(first ?? rest), ASCIIClass(rest), ASCIIClass(last ?? rest))
        let word =
            last.map { "[\(first ?? rest)]([\(rest)]*[\($0)])?" } ?? first.map { "[\($0)][\(rest)]*" } ?? "[\(rest)]+"
        return TextForm(pattern: mayBeEmpty ? "^(\(word))?$" : "^\(word)$") { text in
            let bytes = text.utf8
            return bytes.first.map(start.contains) ?? true && bytes.last.map(end.contains) ?? true
                && bytes.allSatisfy(inner.contains)
        }
    }

    /// A DNS label in lower case (RFC 1123): slugs and names of namespaces.
    package static let label = word(first: "a-z0-9", "a-z0-9-", last: "a-z0-9")
    package static let labelRequirement = "be a-z, 0-9 and '-', and neither begin nor end with '-'"

    /// No control characters.
    package static let line = TextForm(pattern: "^[^\\u0000-\\u001F\\u007F-\\u009F]*$") { text in
        text.unicodeScalars.allSatisfy { !isControl($0) }
    }

    /// No control characters except line feed and tab.
    package static let lines = TextForm(pattern: "^[^\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F]*$") { text in
        text.unicodeScalars.allSatisfy { !isControl($0) || $0 == "\n" || $0 == "\t" }
    }

    /// Anything but U+0000, which PostgreSQL cannot store.
    package static let anything = TextForm(pattern: "^[^\\u0000]*$") { !$0.utf8.contains(0) }

    /// A regular expression. Traps if it is not valid.
    package static func pattern(_ source: String) -> TextForm {
        do {
            let pattern = try Pattern(source, as: .ecma262)
            return TextForm(pattern: source) { pattern.matches($0) }
        } catch {
            preconditionFailure("\(source): \(error.detail)")
        }
    }

    /// What no regular expression says.
    package static func custom(_ isValid: @escaping @Sendable (String) -> Bool) -> TextForm {
        TextForm(pattern: nil, isValid: isValid)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}

/// A class of ASCII characters as a regular expression writes it: single ones and ranges. A hyphen at the end is one.
private struct ASCIIClass: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ source: String) {
        let bytes = Array(source.utf8)
        var at = 0
        while at < bytes.count {
            let isRange = at + 2 < bytes.count && bytes[at + 1] == UInt8(ascii: "-")
            for byte in bytes[at]...(isRange ? bytes[at + 2] : bytes[at]) { insert(byte) }
            at += isRange ? 3 : 1
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }
}
