internal import TenonDomain
internal import TenonKit

/// Writes block style, two spaces per level. Recursive, which the limit on a value's depth makes safe.
struct YAMLPrinter {
    private(set) var text = ""

    /// A value with a line feed at the end.
    mutating func document(_ value: JSONValue) {
        switch value {
        case .object(let members) where !members.isEmpty: mapping(members, indent: 0)
        case .array(let elements) where !elements.isEmpty: sequence(elements, indent: 0)
        default: inline(value, indent: 2)
        }
    }

    /// Members, the first one on the current line.
    private mutating func mapping(_ members: JSONObject, indent: Int) {
        for (index, (name, value)) in members.enumerated() {
            if index > 0 { pad(indent) }
            let key = YAMLText.onOneLine(name)
            // No parser accepts a longer key on one line.
            if key.unicodeScalars.count > 1000 {
                text += "? " + key + "\n"
                pad(indent)
            } else {
                text += key
            }
            text += ":"
            switch value {
            case .object(let members) where !members.isEmpty:
                text += "\n"
                pad(indent + 2)
                mapping(members, indent: indent + 2)
            case .array(let elements) where !elements.isEmpty:
                text += "\n"
                pad(indent + 2)
                sequence(elements, indent: indent + 2)
            default:
                text += " "
                inline(value, indent: indent + 2)
            }
        }
    }

    private mutating func sequence(_ elements: [JSONValue], indent: Int) {
        for (index, element) in elements.enumerated() {
            if index > 0 { pad(indent) }
            text += "- "
            switch element {
            case .object(let members) where !members.isEmpty: mapping(members, indent: indent + 2)
            case .array(let elements) where !elements.isEmpty: sequence(elements, indent: indent + 2)
            default: inline(element, indent: indent + 2)
            }
        }
    }

    /// The rest of the line and its end; further lines of a text are indented.
    private mutating func inline(_ value: JSONValue, indent: Int) {
        switch value {
        case .number(let number): text += YAMLText.number(number)
        case .string(let string) where YAMLText.isBlock(string):
            text += string.hasSuffix("\n") ? "|" : "|-"
            let lines = string.hasSuffix("\n") ? string.dropLast() : string[...]
            for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
                text += "\n"
                if !line.isEmpty { pad(indent) }
                text += line
            }
        case .string(let string): text += YAMLText.onOneLine(string)
        case .null, .bool, .array, .object: text += value.description
        }
        text += "\n"
    }

    private mutating func pad(_ count: Int) {
        text += String(repeating: " ", count: count)
    }
}
