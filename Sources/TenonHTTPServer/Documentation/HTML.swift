/// Markup. Literals are kept unchanged, and an interpolated `String` is escaped, so that untrusted text cannot become
/// markup:
///     let cell: HTML = "<td title=\"\(text)\">\(text)</td>"
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral markup: String) { text = markup }
    init(stringInterpolation markup: StringInterpolation) { text = markup.text }

    /// One piece of markup of several.
    init(_ pieces: some Sequence<HTML>, separator: HTML = "") {
        text = pieces.map(\.text).joined(separator: separator.text)
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ markup: HTML) { text += markup.text }
        mutating func appendInterpolation(_ plain: String) { HTML.escape(plain, into: &text) }
    }

    /// For the content of an element and a quoted attribute value. Control characters are not allowed in HTML, not even
    /// escaped.
    private static func escape(_ plain: String, into text: inout String) {
        for scalar in plain.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\t", "\n": text.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": text.unicodeScalars.append("\u{FFFD}")
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
