internal import TenonKit

struct MatcherToken {
    enum Kind: Equatable {
        case name(String)
        case text(String)
        case number(JSONNumber)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// In the source.
    let offset: Int

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

/// Splits an expression into names, texts in single or double quotes (a backslash escapes a quote or a backslash, and
/// is literal before anything else), numbers and symbols.
struct MatcherLexer {
    private let source: SourceText
    private let range: Range<Int>
    private var at: Int

    /// The longer ones first.
    private static let symbols = [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".",
    ]

    init(_ source: SourceText, _ range: Range<Int>) {
        self.source = source
        self.range = range
        at = range.lowerBound
    }

    func place(_ offset: Int) -> TextPlace { source.place(of: offset) }

    func fault(_ reason: String, at offset: Int) -> PolicySyntaxError {
        PolicySyntaxError(.invalidExpression, reason, at: place(offset))
    }

    func checkSize(_ most: Int) throws(PolicySyntaxError) {
        guard range.count <= most else {
            throw PolicySyntaxError(
                .tooLarge, "an expression must be at most \(most) bytes", at: place(range.lowerBound))
        }
    }

    mutating func next() throws(PolicySyntaxError) -> MatcherToken {
        while at < range.upperBound, source.bytes[at].isBlank { at += 1 }
        let start = at
        guard at < range.upperBound else { return MatcherToken(.end, at: start) }
        let byte = source.bytes[at]
        if byte == .quote || byte == UInt8(ascii: "'") { return MatcherToken(.text(try text(byte)), at: start) }
        if byte.isDigit { return MatcherToken(.number(try number()), at: start) }
        if byte.isNameByte {
            while at < range.upperBound, source.bytes[at].isNameByte { at += 1 }
            return MatcherToken(.name(source.text(start..<at)), at: start)
        }
        let rest = source.bytes[at..<range.upperBound]
        guard let symbol = Self.symbols.first(where: { rest.starts(with: $0.utf8) }) else {
            throw fault("this character is not allowed in an expression", at: start)
        }
        at += symbol.utf8.count
        return MatcherToken(.symbol(symbol), at: start)
    }

    private mutating func text(_ quote: UInt8) throws(PolicySyntaxError) -> String {
        let start = at
        var bytes: [UInt8] = []
        at += 1
        while at < range.upperBound, source.bytes[at] != quote {
            if source.bytes[at] == .backslash, at + 1 < range.upperBound, isEscapable(source.bytes[at + 1]) { at += 1 }
            bytes.append(source.bytes[at])
            at += 1
        }
        guard at < range.upperBound else { throw fault("the quote that opens here is not closed", at: start) }
        at += 1
        return String(decoding: bytes, as: UTF8.self)
    }

    private func isEscapable(_ byte: UInt8) -> Bool {
        byte == .backslash || byte == .quote || byte == UInt8(ascii: "'")
    }

    private mutating func number() throws(PolicySyntaxError) -> JSONNumber {
        let start = at
        let found = source.bytes[..<range.upperBound].withUnsafeBufferPointer { bytes -> JSONNumber? in
            do throws(JSONFault) {
                return try JSONNumber.scan(bytes, at: &at)
            } catch {
                return nil
            }
        }
        guard let found, at == range.upperBound || !source.bytes[at].isNameByte else {
            throw fault("invalid number", at: start)
        }
        return found
    }
}
