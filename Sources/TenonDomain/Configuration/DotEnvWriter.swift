extension DotEnv {
    /// A line for each entry, by its members `key` and `value`: numbers, booleans and null as they are, texts bare
    /// or in double quotes, arrays and objects as compact JSON. For one with a true member `masked` a comment.
    static func write(_ entries: [JSONObject]) -> [UInt8] {
        var lines: [UInt8] = []
        for entry in entries {
            let key = entry["key"]?.stringValue ?? ""
            if entry["masked"]?.boolValue == true {
                lines += Array("# \(key) is masked\n".utf8)
            } else {
                lines += Array("\(key)=\(shown(text(of: entry["value"] ?? .null)))\n".utf8)
            }
        }
        return lines
    }

    private static func text(of value: JSONValue) -> String {
        value.stringValue ?? value.description
    }

    /// The text as it stands after `=`.
    private static func shown(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isBare) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\"", "\\", "$":
                quoted += "\\"
                quoted.unicodeScalars.append(scalar)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Means nothing to a shell or to any reader of such lines, wherever it stands in a value.
    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:@%+,=".utf8.contains(byte)
        }
    }
}
