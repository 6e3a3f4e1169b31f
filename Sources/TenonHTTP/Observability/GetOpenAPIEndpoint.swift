internal import TenonDomain

/// `GET /openapi.json`. Added last: it describes the endpoints before it, and itself.
struct GetOpenAPIEndpoint: Endpoint {
    static let operation = Operation(
        "getOpenAPI", .get, "/openapi.json", mount: .root, tag: "Documentation",
        summary: "This description (OpenAPI 3.1)", access: .open)

    /// The document as it is.
    struct Reply: ReplyBody {
        let document: JSONObject

        func write(to fields: inout FieldWriter) {
            for (name, value) in document { fields.field(name, value) }
        }

        static var example: Reply { Reply(document: (["openapi": "3.1.0"] as JSONValue).objectValue ?? JSONObject()) }
    }

    private let document: JSONObject

    /// `catalog` with this endpoint added to it.
    static func added(to catalog: EndpointCatalog) -> EndpointCatalog {
        var described = catalog
        described.add(GetOpenAPIEndpoint(JSONObject()))
        var complete = catalog
        complete.add(GetOpenAPIEndpoint(OpenAPIDocument(described).json.objectValue ?? JSONObject()))
        return complete
    }

    private init(_ document: JSONObject) {
        self.document = document
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        Answer(Reply(document: document))
    }
}
