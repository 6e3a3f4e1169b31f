internal import TenonDomain
internal import TenonKit

/// Writes texts and numbers so that no reader, of YAML 1.1 or 1.2, takes them for anything else.
enum YAMLText {
    /// Unquoted if that is safe, else in double quotes.
    static func onOneLine(_ text: String) -> String {
        isBare(text) ? text : quoted(text)
    }

    /// A letter or a slash, followed by letters, digits, single spaces and characters without a meaning inside a word.
    /// Numbers, dates and times begin differently; words with a meaning for some reader are excluded.
    private static func isBare(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first.isLetter || first == UInt8(ascii: "/"),
            last != UInt8(ascii: " "), last != UInt8(ascii: ":")
        else { return false }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: ":"):
                // In the middle, as the guard has checked.
                if bytes[index + 1] == UInt8(ascii: " ") { return false }
            default:
                guard byte.isLetter || byte &- UInt8(ascii: "0") < 10 || "_-./@%+".utf8.contains(byte) else {
                    return false
                }
            }
        }
        return !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                quoted += "\\"
                quoted.unicodeScalars.append(scalar)
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return quoted + "\""
    }

    /// Not a control character, a line end or byte order mark for some reader, or a noncharacter. All others are in the
    /// basic plane, which four digits can name.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...: true
        default: false
        }
    }

    /// Whether the text has several lines and can be a literal block: nothing in it needs an escape, no line consists
    /// of white space, no white space precedes the first line and at most one line feed follows the last.
    static func isBlock(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "\n")), let first = text.utf8.first, first != UInt8(ascii: " "),
            text.unicodeScalars.allSatisfy({ $0 == "\n" || isPrintable($0) })
        else { return false }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return !first.isNewline && lines.dropLast().last?.isEmpty == false
            && lines.allSatisfy { $0.isEmpty || !$0.allSatisfy { $0 == UInt8(ascii: " ") } }
    }

    /// With its digits. An exponent is preceded by a point and followed by a sign, as YAML 1.1 requires.
    static func number(_ number: JSONNumber) -> String {
        let text = number.description
        guard let mark = text.firstIndex(of: "e") else { return text }
        let (digits, exponent) = (text[..<mark], text[text.index(after: mark)...])
        return digits + (digits.contains(".") ? "" : ".") + "e" + (exponent.hasPrefix("-") ? "" : "+") + exponent
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isNewline: Bool { self == UInt8(ascii: "\n") }
}
