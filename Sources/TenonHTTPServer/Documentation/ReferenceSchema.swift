internal import TenonDomain
internal import TenonKit

/// Schemas as the reference page tells them.
struct ReferenceSchema {
    struct Field {
        /// Where it stands: `user.email`, `items[].id`.
        var path: String
        var schema: JSONValue
        var isRequired: Bool
    }

    private let document: JSONValue
    /// How many inline objects are shown in one another; it bounds the work on references that go in circles too.
    private static let maxDepth = 6

    init(_ document: JSONValue) {
        self.document = document
    }

    /// The named ones of a kind, in the document's order.
    func components(of kind: String) -> JSONObject { (document["components"] ?? [:]).members(of: kind) }

    /// What a reference points at, one level far; what is no reference stands for itself.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard let pointer = value["$ref"]?.stringValue, pointer.hasPrefix("#/") else { return value }
        var target = document
        for step in pointer.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            guard let next = target[String(step)] else { return value }
            target = next
        }
        return target
    }

    /// The type as a phrase, with links to named schemas.
    func type(of schema: JSONValue, depth: Int = 0) -> HTML {
        guard depth < Self.maxDepth else { return "…" }
        if let pointer = schema["$ref"]?.stringValue { return link(to: pointer) }
        for (keyword, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] as [(String, HTML)] {
            if let parts = schema[keyword]?.arrayValue, !parts.isEmpty {
                return HTML(parts.map { type(of: $0, depth: depth + 1) }, separator: word)
            }
        }
        let names = (schema["type"]?.arrayValue ?? [schema["type"] ?? .null]).compactMap(\.stringValue)
        let phrases = names.map { name -> HTML in
            guard name == "array", let items = schema["items"] else { return "\(name)" }
            return "array of \(type(of: items, depth: depth + 1))"
        }
        let format: HTML = schema["format"]?.stringValue.map { " (\($0))" } ?? ""
        if !phrases.isEmpty { return "\(HTML(phrases, separator: " or "))\(format)" }
        return schema["properties"] == nil ? "any\(format)" : "object"
    }

    private func link(to pointer: String) -> HTML {
        let name = String(pointer.split(separator: "/").last ?? "")
        guard pointer == "#/components/schemas/\(name)", components(of: "schemas")[name] != nil else {
            return .code(pointer)
        }
        return "<a href=\"#\(HTML.anchor("schema", name))\">\(HTML.code(name))</a>"
    }

    /// The fields, those of inline objects after their own field.
    func fields(of schema: JSONValue, path: String = "", depth: Int = 0) -> [Field] {
        guard depth < Self.maxDepth else { return [] }
        var fields: [Field] = []
        let required = Set(schema.elements(of: "required").compactMap(\.stringValue))
        for (name, property) in schema.members(of: "properties") {
            let place = path.isEmpty ? name : "\(path).\(name)"
            fields.append(Field(path: place, schema: property, isRequired: required.contains(name)))
            fields += self.fields(of: property, path: place, depth: depth + 1)
        }
        if let items = schema["items"] {
            // A list of named objects, as a page is, shows theirs where the list itself is the whole schema.
            let shown = path.isEmpty ? resolved(items) : items
            fields += self.fields(of: shown, path: path + "[]", depth: depth + 1)
        }
        if let others = schema["additionalProperties"], others.objectValue != nil {
            let place = path.isEmpty ? "*" : "\(path).*"
            fields.append(Field(path: place, schema: others, isRequired: false))
            fields += self.fields(of: others, path: place, depth: depth + 1)
        }
        for part in schema.elements(of: "allOf") {
            fields += self.fields(of: resolved(part), path: path, depth: depth + 1)
        }
        for part in schema.elements(of: "oneOf") + schema.elements(of: "anyOf") {
            // A field that one choice needs is not needed by the others.
            fields += self.fields(of: part, path: path, depth: depth + 1).map { field in
                Field(path: field.path, schema: field.schema, isRequired: false)
            }
        }
        return fields
    }

    /// The schema's fields as a table; of one without fields, what it is.
    func description(of schema: JSONValue, _ caption: HTML) -> HTML {
        let target = resolved(schema)
        let rows = fields(of: target).map { field -> [HTML] in
            [
                .code(field.path), type(of: field.schema), field.isRequired ? "required" : "optional",
                meaning(of: field.schema),
            ]
        }
        guard !rows.isEmpty else {
            let rules = HTML(ReferenceRules.all(of: target), separator: "; ")
            return "<p>\(caption): \(type(of: schema))\(rules.within(". <span class=\"rules\">", "</span>"))</p>\n"
        }
        let name: HTML = schema["$ref"] == nil ? "" : ": \(type(of: schema))"
        let closed: HTML =
            target["additionalProperties"] == false ? "<p class=\"note\">Other fields are refused.</p>\n" : ""
        let columns: [HTML] = ["Field", "Type", "Required", "Rules and meaning"]
        return "\(HTML.table("\(caption)\(name)", columns, rows))\(closed)"
    }

    /// The description and the rules, for a cell.
    func meaning(of schema: JSONValue, described: JSONValue? = nil) -> HTML {
        let text = (described ?? schema["description"])?.stringValue ?? ""
        let rules = HTML(ReferenceRules.all(of: schema), separator: "; ")
        guard !text.isEmpty, !rules.isEmpty else { return text.isEmpty ? rules : .prose(text) }
        return "\(HTML.prose(text)) <span class=\"rules\">\(rules)</span>"
    }
}
