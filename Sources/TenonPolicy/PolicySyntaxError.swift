public import TenonKit

/// A position in a text: line and column count from 1, the column in Unicode scalars.
public struct TextPlace: Sendable, Hashable, CustomStringConvertible {
    public let line: Int
    public let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "line \(line), column \(column)" }
}

/// Why a model or a policy is invalid, and where.
public struct PolicySyntaxError: Error, Sendable, Hashable {
    /// Stable names, part of the API through violations.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// An unknown or missing section, definition or effect.
        case invalidModel = "invalid_model"
        /// A rule that does not fit its model.
        case invalidRule = "invalid_rule"
        /// An invalid matcher or condition.
        case invalidExpression = "invalid_expression"
        /// Too much text, too many rules or too much nesting.
        case tooLarge = "policy_too_large"
    }

    public let code: Code
    public let place: TextPlace
    /// One sentence without the position and without a full stop.
    public let reason: String

    package init(_ code: Code, _ reason: String, at place: TextPlace) {
        self.code = code
        self.place = place
        self.reason = reason
    }

    /// The whole message: `Line 3, column 7: expected a comma.`
    public var detail: String { "Line \(place.line), column \(place.column): \(reason)." }

    /// A violation of the input's member at the pointer.
    public func violation(at pointer: String) -> Violation {
        Violation(pointer: pointer, code: code.rawValue, detail: detail)
    }
}

/// A text assembled from pieces of a document, with the original position of each byte: a definition over several
/// lines, or a field without its quotes.
struct SourceText {
    private(set) var bytes: [UInt8] = []
    private var pieces: [(start: Int, place: TextPlace)] = []

    init() {}

    init(_ text: String) {
        append(Array(text.utf8)[...], at: TextPlace(line: 1, column: 1))
    }

    mutating func append(_ piece: ArraySlice<UInt8>, at place: TextPlace) {
        pieces.append((bytes.count, place))
        bytes += piece
    }

    /// The position of the byte; for the end of the text, the one after its last byte.
    func place(of offset: Int) -> TextPlace {
        guard let piece = pieces.last(where: { $0.start <= offset }) else { return TextPlace(line: 1, column: 1) }
        let scalars = bytes[piece.start..<min(offset, bytes.count)].scalarCount
        return TextPlace(line: piece.place.line, column: piece.place.column + scalars)
    }

    /// The part without surrounding white space.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start].isBlank { start += 1 }
        while end > start, bytes[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The parts between the separators, without surrounding white space.
    func split(_ range: Range<Int>, at separator: UInt8) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        for at in range where bytes[at] == separator {
            parts.append(trimmed(start..<at))
            start = at + 1
        }
        return parts + [trimmed(start..<range.upperBound)]
    }
}

extension UInt8 {
    /// A space, a tab or a carriage return.
    var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0D }

    /// A character of a name: an ASCII letter, a digit or `_`.
    var isNameByte: Bool { isDigit || self == 0x5F || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}

extension ArraySlice<UInt8> {
    /// The number of scalars in the UTF-8.
    var scalarCount: Int { count { $0 & 0xC0 != 0x80 } }
}
