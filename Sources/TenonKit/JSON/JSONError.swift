/// Why a text is not valid JSON for Tenon, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// Stable names, part of the API through violations and problems.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not JSON by RFC 8259.
        case invalidJSON = "invalid_json"
        /// Not UTF-8 (RFC 3629).
        case invalidUTF8 = "invalid_utf8"
        /// A duplicate member in one object.
        case duplicateMember = "duplicate_member"
        /// Arrays and objects are nested deeper than the limit.
        case nestingTooDeep = "nesting_too_deep"
        /// A string contains U+0000, which stores cannot keep.
        case nulInString = "nul_in_string"
        /// More digits, or a larger exponent, than `JSONNumber` can represent exactly.
        case numberOutOfBounds = "number_out_of_bounds"
        /// More values than the limit.
        case tooManyValues = "too_many_values"
    }

    public let code: Code
    /// One sentence with line and column; contains nothing of the content except the name of a duplicate member.
    public let detail: String
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// From 0, in bytes.
    public let offset: Int
    /// JSON Pointer (RFC 6901) to the invalid value or member, or the innermost one around it.
    public let pointer: String

    /// The error as a violation of an input.
    public var violation: Violation { Violation(pointer: pointer, code: code.rawValue, detail: detail) }

    /// `path` leads from the position outwards.
    init(_ fault: JSONFault, in bytes: UnsafeBufferPointer<UInt8>, path: [JSONPathStep] = []) {
        let before = bytes[..<min(fault.offset, bytes.count)]
        let lineStart = before.lastIndex(of: .newline).map { $0 + 1 } ?? 0
        line = before.count { $0 == .newline } + 1
        // Every scalar has exactly one byte that is not a continuation byte.
        column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        offset = fault.offset
        code = fault.reason.code
        pointer = path.reversed().map(\.pointerToken).joined()
        var sentence = fault.reason.rawValue
        if fault.reason == .duplicateMember, case .name(let name)? = path.first {
            let shown = name.unicodeScalars.count > 64 ? String(name.unicodeScalars.prefix(64)) + "…" : name
            sentence = "duplicate member \(JSONValue.string(shown)) in one object"
        }
        detail = "Line \(line), column \(column): \(sentence)."
    }
}

/// One step of the path to a value.
package enum JSONPathStep {
    case name(String)
    case index(Int)

    /// `/` and the step, escaped as RFC 6901 requires.
    var pointerToken: String {
        switch self {
        case .index(let index): return "/\(index)"
        case .name(let name):
            var token = "/"
            for scalar in name.unicodeScalars {
                switch scalar {
                case "~": token += "~0"
                case "/": token += "~1"
                default: token.unicodeScalars.append(scalar)
                }
            }
            return token
        }
    }

    /// The reference tokens of a JSON Pointer (RFC 6901), unescaped; nil if the text is invalid.
    package static func tokens(ofPointer pointer: String) -> [String]? {
        if pointer.isEmpty { return [] }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for escaped in pointer.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            var token = String.UnicodeScalarView()
            var isEscape = false
            for scalar in escaped {
                switch (isEscape, scalar) {
                case (true, "0"): token.append("~")
                case (true, "1"): token.append("/")
                case (true, _): return nil
                case (false, "~"): break
                case (false, _): token.append(scalar)
                }
                isEscape = !isEscape && scalar == "~"
            }
            if isEscape { return nil }
            tokens.append(String(token))
        }
        return tokens
    }
}

/// The parser's internal error: two words, so that successful parsing pays nothing for it.
package struct JSONFault: Error {
    /// Each is a readable sentence.
    package enum Reason: String {
        case emptyInput = "expected a JSON value"
        case byteOrderMark = "the text begins with a byte order mark, which JSON does not allow"
        case invalidUTF8 = "the text is not valid UTF-8"
        case unexpectedEnd = "the text ends in the middle of a value"
        case expectedValue = "expected a value"
        case expectedName = "expected a member's name in double quotes"
        case expectedColon = "expected a colon"
        case expectedCommaOrBrace = "expected a comma or a closing brace"
        case expectedCommaOrBracket = "expected a comma or a closing bracket"
        case malformedNumber = "invalid JSON number"
        case controlCharacter = "a control character in a string must be escaped"
        case malformedEscape = "unknown escape"
        case loneSurrogate = "half of a surrogate pair without the other half"
        case trailingContent = "unexpected text after the value"
        case duplicateMember = "duplicate member in one object"
        case nestingTooDeep = "arrays and objects are nested too deeply"
        case nulInString = "a string must not contain U+0000"
        case numberOutOfBounds = "a number must have at most 38 digits and an exponent between -308 and 308"
        case tooManyValues = "the text has too many values"

        var code: JSONError.Code {
            switch self {
            case .invalidUTF8: .invalidUTF8
            case .duplicateMember: .duplicateMember
            case .nestingTooDeep: .nestingTooDeep
            case .nulInString: .nulInString
            case .numberOutOfBounds: .numberOutOfBounds
            case .tooManyValues: .tooManyValues
            case .emptyInput, .byteOrderMark, .unexpectedEnd, .expectedValue, .expectedName, .expectedColon,
                .expectedCommaOrBrace, .expectedCommaOrBracket, .malformedNumber, .controlCharacter,
                .malformedEscape, .loneSurrogate, .trailingContent:
                .invalidJSON
            }
        }
    }

    package let reason: Reason
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
