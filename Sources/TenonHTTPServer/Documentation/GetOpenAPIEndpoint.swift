internal import TenonDomain
internal import TenonKit

/// `GET /openapi.json`
struct GetOpenAPIEndpoint: Endpoint {
    static let operation = Operation(
        "getOpenAPI", .get, "/openapi.json", mount: .root, tag: "Documentation",
        summary: "Get this document (OpenAPI 3.1)",
        description: """
            The same document as `docs/openapi.json` in the sources.
            """,
        access: .open)

    /// The document as text.
    struct Reply: ReplyBody {
        let document: JSONObject
        var shared: SharedDocument?

        func write(to fields: inout FieldWriter) {
            for (name, value) in document { fields.field(name, value) }
        }

        static var example: Reply {
            Reply(document: (["openapi": "3.1.0"] as JSONValue).objectValue ?? JSONObject())
        }
    }

    private let reply: Reply

    init(document: JSONObject) {
        reply = Reply(document: document, shared: SharedDocument { Reply(document: document).bytes })
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        Answer(reply)
    }
}

extension EndpointCatalog {
    /// Adds the endpoints of the documentation: the document, its pages, and the kinds of problems. Comes last, because
    /// it documents itself as well.
    package func documented(_ pages: DocumentationPages) -> EndpointCatalog {
        var described = self
        described.addDocumentation(JSONObject(), pages: pages, ProblemKinds(self))
        let document = OpenAPIDocument(described).json.objectValue ?? JSONObject()
        var complete = self
        complete.addDocumentation(document, pages: pages, ProblemKinds(described))
        return complete
    }

    private mutating func addDocumentation(_ document: JSONObject, pages: DocumentationPages, _ kinds: ProblemKinds) {
        add(GetOpenAPIEndpoint(document: document))
        add(GetProblemKindEndpoint(kinds))
        guard pages.isServed else { return }
        let files = DocumentationFiles(folder: pages.assets)
        let operations = operations
        let plain = SharedDocument { Array(OperationsPage.html(operations).text.utf8) }
        add(GetDocumentationEndpoint(files: files, plain: plain))
        add(GetRedocEndpoint(files: files, plain: plain))
        add(GetDocumentationAssetEndpoint(files: files))
    }
}

/// Whether `/docs` and `/redoc` are served, and where the files of Swagger UI and Redoc are.
public struct DocumentationPages: Sendable {
    let isServed: Bool
    let assets: String?

    /// Without `assets` the built-in page is served.
    public init(isServed: Bool, assets: String? = nil) {
        self.isServed = isServed
        self.assets = assets
    }
}
