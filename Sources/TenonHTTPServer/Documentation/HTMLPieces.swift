internal import TenonDomain
internal import TenonKit

/// The pieces that the reference page is put together from. Each is nothing where there is nothing to show.
extension HTML {
    /// In that element.
    func within(_ start: HTML, _ end: HTML) -> HTML { isEmpty ? "" : "\(start)\(self)\(end)" }

    static func code(_ text: String) -> HTML { text.isEmpty ? "" : "<code>\(text)</code>" }

    /// Text of a description: what stands between backticks is code.
    static func prose(_ text: String) -> HTML {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count > 1, pieces.count % 2 == 1 else { return "\(text)" }
        return HTML(pieces.enumerated().map { $0 % 2 == 0 ? "\($1)" : .code($1) })
    }

    static func paragraph(_ text: String) -> HTML { prose(text).within("<p class=\"text\">", "</p>\n") }

    /// One entry of a list of facts.
    static func fact(_ name: HTML, _ value: HTML) -> HTML {
        value.within("<div><dt>\(name)</dt><dd>", "</dd></div>")
    }

    /// Each row's first cell is its heading.
    static func table(_ caption: HTML, _ columns: [HTML], _ rows: [[HTML]]) -> HTML {
        guard !rows.isEmpty else { return "" }
        let head = HTML(columns.map { "<th scope=\"col\">\($0)</th>" })
        let body = HTML(
            rows.map { cells in
                let rest = HTML(cells.dropFirst().map { "<td>\($0)</td>" })
                return "<tr><th scope=\"row\">\(cells.first ?? "")</th>\(rest)</tr>\n"
            })
        return """
            <table>
            <caption>\(caption)</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)</tbody>
            </table>

            """
    }

    /// The media type's own examples, else the schema's.
    static func examples(of media: JSONValue, schema: JSONValue) -> HTML {
        if let example = media["example"] { return figure("Example", example) }
        let named = media.members(of: "examples").compactMap { name, example in
            example["value"].map { figure("Example: \(example["summary"]?.stringValue ?? name)", $0) }
        }
        if !named.isEmpty { return HTML(named) }
        return (schema["example"] ?? schema.elements(of: "examples").first).map { figure("Example", $0) } ?? ""
    }

    private static func figure(_ caption: String, _ example: JSONValue) -> HTML {
        """
        <figure>
        <figcaption>\(caption)</figcaption>
        <pre><code>\(example.pretty())</code></pre>
        </figure>

        """
    }
}
