extension DotEnv {
    /// A line for each entry, by its members `key` and `value`: texts as they are, numbers, booleans, null, arrays and
    /// objects as compact JSON. For one with a true member `masked` a comment.
    ///
    /// A shell that reads the lines has each value as it is and runs nothing, and so has `read`. So have python-dotenv
    /// and the readers of Node; where they cannot, a comment before the line says so.
    public static func write(_ entries: [JSONObject]) -> [UInt8] {
        var lines = ""
        for entry in entries {
            let key = entry["key"]?.stringValue ?? ""
            if entry["masked"]?.boolValue == true {
                lines += "# \(key) is masked\n"
            } else {
                let text = text(of: entry["value"] ?? .null)
                if !isPortable(text) { lines += "# \(key): only a shell and Tenon read this value as it is\n" }
                lines += "\(key)=\(shown(text))\n"
            }
        }
        return Array(lines.utf8)
    }

    private static func text(of value: JSONValue) -> String {
        value.stringValue ?? value.description
    }

    /// The text as it is written after `=`: bare where it means nothing to anybody, else in single quotes, which nothing
    /// is special in; with a single quote in it, in double quotes, with escapes for what a shell looks at in these.
    private static func shown(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isBare) { return text }
        let quoted: String
        if text.utf8.contains(singleQuote) {
            var escaped = ""
            for scalar in text.unicodeScalars {
                if "\"\\$`".unicodeScalars.contains(scalar) { escaped += "\\" }
                escaped.unicodeScalars.append(scalar)
            }
            quoted = "\"\(escaped)\""
        } else {
            quoted = "'\(text)'"
        }
        // Some readers take a backslash and the closing quote for an escape, and read on to the next quote: it is here.
        return text.utf8.last == .backslash ? "\(quoted) #\(quoted.last!)" : quoted
    }

    /// Whether all readers have the text as it is. python-dotenv expands `${…}` in any quotes, and reads two backslashes in
    /// single quotes as one; Node's readers know no escape of a quote; to both a CR is an end of line.
    private static func isPortable(_ text: String) -> Bool {
        let bytes = text.utf8
        func has(_ pair: String) -> Bool {
            zip(bytes, bytes.dropFirst()).contains { [$0, $1].elementsEqual(pair.utf8) }
        }
        if bytes.contains(0x0D) || has("${") || bytes.last == .backslash { return false }
        return bytes.contains(singleQuote) ? !bytes.contains { "\"\\$`".utf8.contains($0) } : !has(#"\\"#)
    }

    private static let singleQuote = UInt8(ascii: "'")

    /// Means nothing to a shell or to any reader of such lines, wherever it is in a value.
    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:@%+,".utf8.contains(byte)
        }
    }
}
