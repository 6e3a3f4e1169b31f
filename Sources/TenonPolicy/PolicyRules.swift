internal import TenonKit

/// A policy in Casbin's language: lines of comma-separated values (RFC 4180, one record per line). The first value is
/// the type: `p, alice, data1, read` or `g, alice, admin`. Values are texts. White space before a value and at the end
/// of a line, empty lines, and lines that begin with `#` are ignored.
public struct PolicyRules: Sendable {
    /// The maximum bytes and rules for all callers.
    public static let maxBytes = 64 << 20
    public static let maxRules = 1_000_000

    public let rules: [PolicyRule]
    private let source: [UInt8]

    /// Parses the rules. The error has the position. `limit` can be lower than `maxRules`.
    public init(_ text: String, limit: Int = maxRules) throws(PolicySyntaxError) {
        guard text.utf8.count <= Self.maxBytes else {
            throw PolicySyntaxError(
                .tooLarge, "a policy must be at most \(Self.maxBytes) bytes", at: TextPlace(line: 1, column: 1))
        }
        source = Array(text.utf8)
        var rules: [PolicyRule] = []
        var number = 0
        var start = 0
        while start <= source.count {
            let end = source[start...].firstIndex(of: .newline) ?? source.count
            number += 1
            if let fields = try PolicyLine.fields(of: source[start..<end], line: number) {
                guard rules.count < limit else {
                    throw PolicySyntaxError(
                        .tooLarge, "a policy must have at most \(limit) rules", at: TextPlace(line: number, column: 1))
                }
                rules.append(
                    PolicyRule(
                        type: fields[0].text, fields: fields.dropFirst().map(\.text), line: number, start: start))
            }
            start = end + 1
        }
        self.rules = rules
    }

    private init(_ rules: [PolicyRule], _ source: [UInt8]) {
        self.rules = rules
        self.source = source
    }

    /// The same; rules of the type without their last value get this one.
    package func filled(_ type: String, to width: Int, with value: String) -> PolicyRules {
        PolicyRules(
            rules.map { rule in
                guard rule.type == type, rule.fields.count == width - 1 else { return rule }
                return PolicyRule(type: type, fields: rule.fields + [value], line: rule.line, start: rule.start)
            }, source)
    }

    /// Where the rule's field begins: the first after the type is 0.
    package func place(of rule: PolicyRule, field: Int) -> TextPlace { source(of: rule, field: field).place(of: 0) }

    /// The text of the rule's field, with the places of its bytes: the first after the type is 0.
    func source(of rule: PolicyRule, field: Int) -> SourceText {
        let end = source[rule.start...].firstIndex(of: .newline) ?? source.count
        let fields = (try? PolicyLine.fields(of: source[rule.start..<end], line: rule.line)) ?? []
        if fields.indices.contains(field + 1) { return fields[field + 1].source }
        return SourceText(rule.fields.indices.contains(field) ? rule.fields[field] : "")
    }
}

/// One rule as written.
public struct PolicyRule: Sendable {
    /// `p`, `p2`, `g`, `g2`, …
    public let type: String
    /// The values after the type.
    public let fields: [String]
    /// From 1.
    public let line: Int
    /// The first byte of its line in the text.
    let start: Int
}

/// One line of values.
public enum PolicyLine {
    /// A value, and whether it was quoted.
    public struct Field: Sendable {
        public let isQuoted: Bool
        let source: SourceText

        public var text: String { String(decoding: source.bytes, as: UTF8.self) }
    }

    /// The values of the line; nil for an empty line and a comment.
    public static func fields(_ line: String, number: Int) throws(PolicySyntaxError) -> [Field]? {
        try fields(of: Array(line.utf8)[...], line: number)
    }

    static func fields(of line: ArraySlice<UInt8>, line number: Int) throws(PolicySyntaxError) -> [Field]? {
        var line = line
        let start = line.startIndex
        while line.last?.isBlank == true { line.removeLast() }
        var at = line.startIndex
        func skipBlanks() { while at < line.endIndex, line[at].isBlank { at += 1 } }
        func place(_ offset: Int) -> TextPlace {
            TextPlace(line: number, column: line[start..<offset].scalarCount + 1)
        }
        func fault(_ reason: String, at offset: Int) -> PolicySyntaxError {
            PolicySyntaxError(.invalidRule, reason, at: place(offset))
        }
        skipBlanks()
        if at == line.endIndex || line[at] == UInt8(ascii: "#") { return nil }
        var fields: [Field] = []
        while true {
            skipBlanks()
            var source = SourceText()
            let isQuoted = at < line.endIndex && line[at] == .quote
            if isQuoted {
                let opening = at
                repeat {
                    at += 1
                    let piece = at
                    while at < line.endIndex, line[at] != .quote { at += 1 }
                    guard at < line.endIndex else {
                        throw fault("the quote that opens here is not closed", at: opening)
                    }
                    at += 1
                    // A doubled quote is a quote, and belongs to the piece before it.
                    let isDoubled = at < line.endIndex && line[at] == .quote
                    source.append(line[piece..<(isDoubled ? at : at - 1)], at: place(piece))
                } while at < line.endIndex && line[at] == .quote
                skipBlanks()
                guard at == line.endIndex || line[at] == .comma else {
                    throw fault("expected a comma after the closing quote", at: at)
                }
            } else {
                let piece = at
                while at < line.endIndex, line[at] != .comma {
                    guard line[at] != .quote else {
                        throw fault("a value with a quote must be quoted, and its quote doubled", at: at)
                    }
                    at += 1
                }
                source.append(line[piece..<at], at: place(piece))
            }
            fields.append(Field(isQuoted: isQuoted, source: source))
            guard at < line.endIndex else { return fields }
            at += 1
        }
    }
}
