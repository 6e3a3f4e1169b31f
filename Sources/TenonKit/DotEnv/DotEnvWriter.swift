extension DotEnv {
    /// A line for each entry, from its members `key` and `value`: texts unchanged; numbers, booleans, null, arrays and
    /// objects as compact JSON. A comment for an entry whose member `masked` is true.
    ///
    /// A shell and `read` read each value unchanged, and nothing is executed. So do python-dotenv and Node's readers;
    /// if they do not, a comment before the line says so.
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

    /// The text after `=`: unquoted if it has no special characters, else in single quotes; if it contains a single
    /// quote, in double quotes, with escapes for characters that are special to a shell.
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
        // Some readers take a backslash before the closing quote for an escape, and continue to the next quote: it is
        // here.
        return text.utf8.last == .backslash ? "\(quoted) #\(quoted.last!)" : quoted
    }

    /// Whether all readers read the text unchanged. python-dotenv expands `${…}` in any quotes, and reads two
    /// backslashes in single quotes as one; Node's readers have no escape for a quote; both read a CR as a line end.
    private static func isPortable(_ text: String) -> Bool {
        let bytes = text.utf8
        func has(_ pair: String) -> Bool {
            zip(bytes, bytes.dropFirst()).contains { [$0, $1].elementsEqual(pair.utf8) }
        }
        if bytes.contains(0x0D) || has("${") || bytes.last == .backslash { return false }
        return bytes.contains(singleQuote) ? !bytes.contains { "\"\\$`".utf8.contains($0) } : !has(#"\\"#)
    }

    private static let singleQuote = UInt8(ascii: "'")

    /// Not special to a shell or any reader of such lines, at any position of a value.
    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:@%+,".utf8.contains(byte)
        }
    }
}
