/// Markup. What is written in a literal stands as it is, and a `String` put into one is escaped, so that text
/// from elsewhere can't become markup by being forgotten:
///
///     let cell: HTML = "<td title=\"\(text)\">\(text)</td>"
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral markup: String) { text = markup }
    init(stringInterpolation markup: StringInterpolation) { text = markup.text }

    /// One piece of markup of several.
    init(_ pieces: some Sequence<HTML>, separator: HTML = "") {
        text = pieces.map(\.text).joined(separator: separator.text)
    }

    var isEmpty: Bool { text.isEmpty }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ markup: HTML) { text += markup.text }
        mutating func appendInterpolation(_ plain: String) { HTML.escape(plain, into: &text) }
    }

    /// Good for the content of an element and for an attribute's value in quotes. Control characters have no
    /// place in HTML, not even escaped.
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

extension HTML {
    /// An id that is good in a link too, different for each name: bytes that either has no use for are
    /// written as `~` and their hexadecimal digits.
    static func anchor(_ kind: String, _ name: String) -> String {
        var anchor = kind + "-"
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                anchor.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                anchor += "~" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return anchor
    }
}
