internal import TenonDomain
internal import TenonKit

/// A page for people, made of an OpenAPI document: no script, one stylesheet, readable on paper.
struct ReferencePage {
    /// All the operations of one tag.
    private struct Group {
        var tag: String
        var operations: [ReferenceOperation]

        var anchor: String { HTML.anchor("tag", tag) }
    }

    /// Where the page expects `css`.
    static let cssPath = "/docs/assets/reference.css"
    /// The icon's `data:` keeps browsers from asking for `/favicon.ico`.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    private let document: JSONValue
    private let schemas: ReferenceSchema
    private let groups: [Group]

    init(_ openAPI: JSONValue) {
        document = openAPI
        schemas = ReferenceSchema(openAPI)
        groups = Self.groups(of: openAPI)
    }

    /// By tag: first in the order in which the document lists the tags, then in which they turn up.
    private static func groups(of document: JSONValue) -> [Group] {
        var groups = document.elements(of: "tags").compactMap { tag in
            tag["name"]?.stringValue.map { Group(tag: $0, operations: []) }
        }
        for (path, item) in document.members(of: "paths") {
            for (method, _) in item.objectValue ?? JSONObject() where ReferenceOperation.methods.contains(method) {
                let operation = ReferenceOperation(method: method, path: path, item: item, document: document)
                if let place = groups.firstIndex(where: { $0.tag == operation.tag }) {
                    groups[place].operations.append(operation)
                } else {
                    groups.append(Group(tag: operation.tag, operations: [operation]))
                }
            }
        }
        return groups.filter { !$0.operations.isEmpty }
    }

    /// The whole page.
    var html: String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="\(Self.cssPath)">
            </head>
            <body>
            <a class="skip" href="#reference">Skip to the reference</a>
            \(contents)<main id="reference">
            \(introduction)\(HTML(groups.map(section)))\(components)</main>
            </body>
            </html>

            """
        return page.text
    }

    private var title: String { "\(document["info"]?["title"]?.stringValue ?? "API") reference" }

    private var contents: HTML {
        let groups = groups.map { group -> HTML in
            """
            <li><a href="#\(group.anchor)">\(group.tag)</a>
            <ul>
            \(HTML(group.operations.map(\.entry)))</ul></li>

            """
        }
        let named = schemas.components(of: "schemas").map { name, _ -> HTML in
            "<li><a href=\"#\(HTML.anchor("schema", name))\">\(name)</a></li>\n"
        }
        let names = HTML(named).within("<li><a href=\"#schemas\">Schemas</a>\n<ul class=\"names\">\n", "</ul></li>\n")
        guard !groups.isEmpty || !names.isEmpty else { return "" }
        return """
            <nav aria-label="Contents">
            <details open>
            <summary>Contents</summary>
            <ul>
            \(HTML(groups))\(names)</ul>
            </details>
            </nav>

            """
    }

    private var introduction: HTML {
        let info = document["info"] ?? [:]
        let servers = document.elements(of: "servers").map { HTML.code($0.text(of: "url")) }
        let schemes = schemas.components(of: "securitySchemes").map { name, scheme -> [HTML] in
            let words = ["type", "scheme", "bearerFormat", "in", "name"].map(scheme.text).filter { !$0.isEmpty }
            return [.code(name), "\(words.joined(separator: ", "))", .prose(scheme.text(of: "description"))]
        }
        return """
            <header>
            <h1>\(title)</h1>
            \(HTML.paragraph(info.text(of: "description")))<dl class="facts">\
            \(HTML.fact("Version", .prose(info.text(of: "version"))))\
            \(HTML.fact("Server", HTML(servers, separator: ", ")))\
            \(HTML.fact("Document", "<a href=\"/openapi.json\">openapi.json</a>"))</dl>
            \(HTML.table("Ways to sign in", ["Name", "Kind", "Meaning"], schemes))</header>

            """
    }

    private func section(of group: Group) -> HTML {
        let tag = document.elements(of: "tags").first { $0["name"] == .string(group.tag) } ?? [:]
        return """
            <section>
            <h2 id="\(group.anchor)">\(group.tag)</h2>
            \(HTML.paragraph(tag.text(of: "description")))\(HTML(group.operations.map(\.html)))</section>

            """
    }

    private var components: HTML {
        let articles = schemas.components(of: "schemas").map { name, schema -> HTML in
            let anchor = HTML.anchor("schema", name)
            return """
                <article id="\(anchor)">
                <h3><a href="#\(anchor)">\(name)</a></h3>
                \(HTML.paragraph(schema.text(of: "description")))\(schemas.description(of: schema, "Fields"))\
                \(HTML.examples(of: [:], schema: schema))</article>

                """
        }
        return HTML(articles).within("<section>\n<h2 id=\"schemas\">Schemas</h2>\n", "</section>\n")
    }
}
