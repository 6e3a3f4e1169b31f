extension JSONValue {
    /// Indented JSON text: one member or element per line, two spaces per level, no newline at the end. For documents
    /// and the command line; responses are compact.
    public func pretty() -> String {
        var text = ""
        writePretty(to: &text, indent: "\n")
        return text
    }

    private func writePretty(to text: inout String, indent: String) {
        let inner = indent + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            var separator = "["
            for element in elements {
                text += separator + inner
                element.writePretty(to: &text, indent: inner)
                separator = ","
            }
            text += indent + "]"
        case .object(let members) where !members.isEmpty:
            var separator = "{"
            for (name, value) in members {
                text += separator + inner + JSONValue.string(name).description + ": "
                value.writePretty(to: &text, indent: inner)
                separator = ","
            }
            text += indent + "}"
        case .null, .bool, .number, .string, .array, .object:
            text += description
        }
    }
}
