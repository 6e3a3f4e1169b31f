internal import TenonDomain
internal import TenonKit

/// An HTML page.
struct PageRepresentation: TextRepresentation {
    let text: String
    let shared: SharedDocument?

    init(text: String) {
        (self.text, shared) = (text, nil)
    }

    init(_ shared: SharedDocument) {
        (text, self.shared) = ("", shared)
    }

    static var mediaTypes: [String] { ["text/html; charset=utf-8"] }
    static var exampleJSON: JSONValue { "<!DOCTYPE html>…" }
}

/// `GET /docs`: Swagger UI, or the built-in page if its files are missing.
struct GetDocumentationEndpoint: Endpoint {
    static let operation = Operation(
        "getDocumentation", .get, "/docs", mount: .root, tag: "Documentation", summary: "Open Swagger UI",
        description: """
            Swagger UI on `/openapi.json`; a plain page if its files are not installed. Makes no requests to other hosts.
            """,
        access: .open, isHeavy: true)

    let files: DocumentationFiles
    let plain: SharedDocument

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageRepresentation> {
        files.hasSwagger
            ? Answer(PageRepresentation(text: SwaggerPage.html), contentPolicy: SwaggerPage.contentSecurityPolicy)
            : Answer(PageRepresentation(plain), contentPolicy: OperationsPage.contentSecurityPolicy)
    }
}

/// `GET /redoc`: Redoc, or the built-in page if its files are missing.
struct GetRedocEndpoint: Endpoint {
    static let operation = Operation(
        "getRedoc", .get, "/redoc", mount: .root, tag: "Documentation", summary: "Open Redoc",
        description: """
            Redoc on `/openapi.json`; a plain page if its files are not installed. Makes no requests to other hosts.
            """,
        access: .open, isHeavy: true)

    let files: DocumentationFiles
    let plain: SharedDocument

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageRepresentation> {
        files.hasRedoc
            ? Answer(PageRepresentation(text: RedocPage.html), contentPolicy: RedocPage.contentSecurityPolicy)
            : Answer(PageRepresentation(plain), contentPolicy: OperationsPage.contentSecurityPolicy)
    }
}

/// `GET /docs/assets/{asset}`
struct GetDocumentationAssetEndpoint: Endpoint {
    static let operation = Operation(
        "getDocumentationAsset", .get, "/docs/assets/\(.asset)", mount: .root, tag: "Documentation",
        summary: "Get a script or style sheet of the pages",
        description: """
            Returns 404 for files that are not installed.
            """,
        access: .open, failures: [.documentationAssetNotFound])

    struct Reply: Representation {
        let mediaType: String
        let shared: SharedDocument?
        var bytes: [UInt8] { [] }

        static var mediaTypes: [String] { ["text/javascript", "text/css"] }
        static var schema: JSONValue { ["type": "string"] }
        static var schemaName: String? { nil }
        static var exampleJSON: JSONValue { "body{margin:0}" }
    }

    let files: DocumentationFiles

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        guard let file = files.file(try request.path(.asset).text) else {
            throw Failure(.documentationAssetNotFound, "There is no such file.")
        }
        return Answer(Reply(mediaType: file.mediaType, shared: file.document), caching: .shared(3600))
    }
}

/// The name of a file of the pages.
struct AssetName: TextMember {
    static let rule = TextRule(
        1...64, .word("a-z0-9.-"), code: "invalid_name", "be a-z, 0-9, '.' and '-'", example: "swagger-init.js")

    let text: String

    init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

extension PathParameter<AssetName> {
    static var asset: Self {
        PathParameter(name: "asset", description: "The file's name.", failure: .documentationAssetNotFound)
    }
}

extension FailureCode {
    static let documentationAssetNotFound = FailureCode(
        "documentation_asset_not_found", .notFound, "No such file",
        "The file does not exist or is not installed.")
}
