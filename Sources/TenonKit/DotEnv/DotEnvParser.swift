/// Parses the lines one after the other, in one pass.
struct DotEnvParser {
    private let bytes: [UInt8]
    private let limit: Int
    private var at: Int
    private var line = 1
    /// Whether CR and LF end every line; otherwise a CR within quotes is part of the value.
    private let endsWithCR: Bool

    init(_ bytes: [UInt8], limit: Int) {
        self.bytes = bytes
        self.limit = limit
        endsWithCR =
            bytes.first != .newline && zip(bytes, bytes.dropFirst()).allSatisfy { $1 != .newline || $0 == 0x0D }
        at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Every line; one more than `limit` ends the reading.
    mutating func lines() throws(Violation) -> [DotEnv.Line] {
        try checkBytes()
        var lines: [DotEnv.Line] = []
        while at < bytes.count, lines.count <= limit {
            skipSpace()
            if isAtEndOfLine || bytes[at] == UInt8(ascii: "#") {
                skipLine()
            } else {
                lines.append(try keyAndValue())
            }
        }
        return lines
    }

    private func checkBytes() throws(Violation) {
        var wrong = bytes.firstIndex(of: 0).map { ($0, "nul_in_string", "a text must not contain U+0000") }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            wrong = (error.byteOffsets.lowerBound, "invalid_utf8", "the text is not valid UTF-8")
        }
        guard let (offset, code, sentence) = wrong else { return }
        throw .inDocument(line: bytes[..<offset].count { $0 == .newline } + 1, code: code, sentence)
    }

    private mutating func keyAndValue() throws(Violation) -> DotEnv.Line {
        let start = line
        let name = try key()
        skipSpace()
        let text: String
        if at < bytes.count, bytes[at] == .quote || bytes[at] == UInt8(ascii: "'") {
            text = try quoted(by: bytes[at])
            let hasSpace = at < bytes.count && bytes[at].isSpace
            skipSpace()
            guard isAtEndOfLine || (hasSpace && bytes[at] == UInt8(ascii: "#")) else {
                throw fault(
                    "only a comment, after a space, may follow the closing quote; within single quotes a "
                        + "backslash is literal")
            }
        } else {
            guard isAtEndOfLine || bytes[at] != UInt8(ascii: "`") else {
                throw fault("a value that begins with a backtick must be in single quotes")
            }
            text = try bare()
        }
        skipLine()
        return DotEnv.Line(key: name, text: text, number: start)
    }

    /// The text before `=`, which is skipped.
    private mutating func key() throws(Violation) -> String {
        let start = at
        while !isAtEndOfLine, bytes[at] != UInt8(ascii: "=") { at += 1 }
        guard !isAtEndOfLine else { throw fault("expected 'KEY=value'") }
        var name = bytes[start..<at]
        at += 1
        let export = Array("export".utf8)
        if name.starts(with: export), name.dropFirst(export.count).first?.isSpace == true {
            let key = name.dropFirst(export.count).drop(while: \.isSpace)
            if !key.isEmpty { name = key }
        }
        while name.last?.isSpace == true { name.removeLast() }
        guard !name.isEmpty else { throw fault("expected a key before '='") }
        return String(decoding: name, as: UTF8.self)
    }

    /// The rest of the line up to a comment, without trailing white space.
    private mutating func bare() throws(Violation) -> String {
        let start = at
        while !isAtEndOfLine, bytes[at] != UInt8(ascii: "#") || !bytes[at - 1].isSpace {
            guard bytes[at] >= 0x20 || bytes[at].isSpace, bytes[at] != 0x7F else {
                throw fault("a value with a control character must be quoted")
            }
            at += 1
        }
        var text = bytes[start..<at]
        while text.last?.isSpace == true { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text between this quote and its match; a line end in it becomes a line feed.
    private mutating func quoted(by quote: UInt8) throws(Violation) -> String {
        let opening = fault("the quote that opens here is not closed")
        var text: [UInt8] = []
        at += 1
        while at < bytes.count, bytes[at] != quote {
            if isAtEndOfLine {
                if bytes[at] == 0x0D, !endsWithCR { text.append(0x0D) }
                text.append(.newline)
                skipLine()
            } else if quote == .quote, bytes[at] == .backslash, at + 1 < bytes.count,
                let character = Self.escaped(bytes[at + 1])
            {
                text.append(character)
                at += 2
            } else {
                text.append(bytes[at])
                at += 1
            }
        }
        guard at < bytes.count else { throw opening }
        at += 1
        return String(decoding: text, as: UTF8.self)
    }

    private static func escaped(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "n"): .newline
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case .quote, .backslash, UInt8(ascii: "$"), UInt8(ascii: "`"): byte
        default: nil
        }
    }

    /// Whether LF, CR and LF, or the end of the text is next.
    private var isAtEndOfLine: Bool {
        at >= bytes.count || bytes[at] == .newline
            || (bytes[at] == 0x0D && (at + 1 == bytes.count || bytes[at + 1] == .newline))
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at].isSpace { at += 1 }
    }

    /// Moves to the beginning of the next line.
    private mutating func skipLine() {
        while at < bytes.count, bytes[at] != .newline { at += 1 }
        at += 1
        line += 1
    }

    private func fault(_ sentence: String) -> Violation {
        .inDocument(line: line, code: "invalid_env", sentence)
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 }
}
