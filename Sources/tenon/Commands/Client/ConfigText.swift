internal import TenonDomain
internal import TenonKit

/// Entries as text.
enum ConfigText {
    static let mask = "********"

    /// A value: text without quotes, anything else as compact JSON, empty for a deletion.
    static func value(of entry: JSONValue) -> String {
        if entry["change"]?.stringValue == "deleted" { return "" }
        if entry["masked"]?.boolValue == true { return mask }
        return text(entry["value"] ?? .null)
    }

    static func text(_ value: JSONValue) -> String {
        value.stringValue ?? value.description
    }

    /// A member's text; empty if it is `null` or missing.
    static func member(_ name: String, of entry: JSONValue) -> String {
        guard let value = entry[name], !value.isNull else { return "" }
        if let items = value.arrayValue { return items.map(text).joined(separator: ", ") }
        return text(value)
    }

    /// The operations of a JSON Patch, a line each: `+` for added, `-` for removed, `~` for changed.
    static func patch(_ patch: JSONValue, isMasked: Bool, _ output: Output) -> [String] {
        (patch.arrayValue ?? []).map { operation in
            let path = Output.printable(operation["path"]?.stringValue ?? "")
            let value = operation["value"] ?? .null
            let text = isMasked && path == "/value" ? mask : Output.printable(value.description)
            return switch operation["op"]?.stringValue {
            case "add": output.coloured("+ \(path) \(text)", .green)
            case "remove": output.coloured("- \(path)", .red)
            case let kind?:
                output.coloured(
                    "~ \(path) \(kind == "replace" ? text : Output.printable(operation.description))", .yellow)
            case nil: Output.printable(operation.description)
            }
        }
    }

    /// The beginning of a text, if it is too long for a column of a terminal.
    static func shortened(_ text: String, _ output: Output) -> String {
        output.isTerminal && text.count > 60 ? text.prefix(59) + "…" : text
    }
}
