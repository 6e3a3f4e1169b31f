internal import TenonDomain
internal import TenonKit

/// One operation of the reference page.
struct ReferenceOperation {
    private let method: String
    private let path: String
    /// The operation's own member of the document.
    private let operation: JSONValue
    /// What the operations of one path share.
    private let shared: JSONValue
    private let document: JSONValue
    private let schemas: ReferenceSchema

    static let methods = ["get", "head", "post", "put", "patch", "delete", "options", "trace"]

    init(method: String, path: String, item: JSONValue, document: JSONValue) {
        self.method = method
        self.path = path
        self.operation = item[method] ?? [:]
        self.shared = item
        self.document = document
        self.schemas = ReferenceSchema(document)
    }

    var tag: String { operation.elements(of: "tags").first?.stringValue ?? "Other" }

    private var title: String {
        let summary = operation.text(of: "summary")
        return summary.isEmpty ? "\(method.uppercased()) \(path)" : summary
    }

    private var anchor: String {
        let id = operation.text(of: "operationId")
        return HTML.anchor("operation", id.isEmpty ? "\(method) \(path)" : id)
    }

    private var badge: HTML { "<span class=\"method \(method)\">\(method.uppercased())</span>" }

    /// The operation's entry in the table of contents.
    var entry: HTML { "<li><a href=\"#\(anchor)\">\(badge) \(title)</a></li>\n" }

    var html: HTML {
        """
        <article id="\(anchor)">
        <h3><a href="#\(anchor)">\(title)</a></h3>
        <p class="route">\(badge) <code>\(path)</code></p>
        \(HTML.paragraph(operation.text(of: "description")))\(facts)\(parameters)\(body)\(answers)\(errors)</article>

        """
    }

    private var facts: HTML {
        let deprecated: HTML = operation["deprecated"] == true ? "yes" : ""
        return """
            <dl class="facts">\(HTML.fact("Access", access))\
            \(HTML.fact("Operation", .code(operation.text(of: "operationId"))))\
            \(HTML.fact("Deprecated", deprecated))</dl>

            """
    }

    /// Who may call: any one of the ways that the document lists will do.
    private var access: HTML {
        let listed = (operation["security"] == nil ? document : operation).elements(of: "security")
        let ways = listed.map { way -> HTML in
            let parts = (way.objectValue ?? JSONObject()).map { name, scopes -> HTML in
                let scopes = HTML((scopes.arrayValue ?? []).compactMap(\.stringValue).map(HTML.code), separator: ", ")
                return "\(HTML.code(name))\(scopes.within(" with ", ""))"
            }
            return parts.isEmpty ? "open to everyone" : HTML(parts, separator: " and ")
        }
        let access: HTML = ways.isEmpty ? "open to everyone" : HTML(ways, separator: " or ")
        return "\(access)\(HTML.code(operation.text(of: "x-permission")).within(", permission ", ""))"
    }

    /// The operation's own come in place of the path's of the same name and kind.
    private var parameters: HTML {
        let own = operation.elements(of: "parameters").map(schemas.resolved)
        let others = shared.elements(of: "parameters").map(schemas.resolved).filter { other in
            !own.contains { $0["name"] == other["name"] && $0["in"] == other["in"] }
        }
        let rows = (others + own).map { parameter -> [HTML] in
            let schema = parameter["schema"] ?? [:]
            return [
                .code(parameter.text(of: "name")), "\(parameter.text(of: "in"))", schemas.type(of: schema),
                parameter["required"] == true ? "required" : "optional",
                schemas.meaning(of: schema, described: parameter["description"]),
            ]
        }
        return .table("Parameters", ["Name", "In", "Type", "Required", "Rules and meaning"], rows)
    }

    private var body: HTML {
        guard let reference = operation["requestBody"] else { return "" }
        let body = schemas.resolved(reference)
        let need: HTML = body["required"] == true ? "required" : "optional"
        return message(body, "Request body <small>\(need)</small>")
    }

    private var responses: [(status: String, answer: JSONValue)] {
        operation.members(of: "responses").map { ($0, schemas.resolved($1)) }
    }

    private static func isError(_ status: String) -> Bool { status.hasPrefix("4") || status.hasPrefix("5") }

    private var answers: HTML {
        HTML(responses.filter { !Self.isError($0.status) }.map { message($0.answer, "Answer \($0.status)") })
    }

    private func message(_ message: JSONValue, _ heading: HTML) -> HTML {
        let headers = message.members(of: "headers").map { name, reference -> [HTML] in
            let header = schemas.resolved(reference)
            let schema = header["schema"] ?? [:]
            return [
                .code(name), schemas.type(of: schema), schemas.meaning(of: schema, described: header["description"]),
            ]
        }
        let contents = message.members(of: "content").map { type, media -> HTML in
            let schema = media["schema"] ?? [:]
            return """
                <div class="content">
                <div>
                \(schemas.description(of: schema, .code(type)))</div>
                \(HTML.examples(of: media, schema: schemas.resolved(schema)).within("<div>\n", "</div>"))</div>

                """
        }
        return """
            <section>
            <h4>\(heading)</h4>
            \(HTML.paragraph(message.text(of: "description")))\
            \(HTML.table("Headers", ["Header", "Type", "Rules and meaning"], headers))\(HTML(contents))</section>

            """
    }

    private var errors: HTML {
        let rows = responses.filter { Self.isError($0.status) }.map { status, answer -> [HTML] in
            let bodies = answer.members(of: "content").map { type, media -> HTML in
                "<div>\(schemas.type(of: media["schema"] ?? [:]))\(HTML.examples(of: media, schema: [:]))</div>"
            }
            return ["\(status)", .prose(answer.text(of: "description")), HTML(bodies)]
        }
        return .table("Errors", ["Status", "When", "Body"], rows)
    }
}
