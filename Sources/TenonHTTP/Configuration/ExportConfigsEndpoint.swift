internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /namespaces/{namespace_id}/export`
struct ExportConfigsEndpoint: Endpoint {
    static let operation = Operation(
        "exportConfigs", .get, "/namespaces/\(.namespace)/export", tag: "Configuration",
        summary: "Export the entries of a namespace as a document",
        description: """
            All entries at one revision, in a format that an import accepts. Values of secrets are masked unless `reveal=true`; importing a masked entry leaves its value unchanged. `env` contains only the values, as `KEY=value` lines.
            """, access: .permission(ExportConfigs.permission),
        query: [
            QueryParameter(
                "format", "The document's format.",
                schema: ["type": "string", "enum": ["json", "yaml", "env"], "default": "json"])
        ] + ConfigQuery.filters + [ConfigQuery.reveal, ConfigQuery.resolve],
        failures: [.namespaceNotFound, .referenceUnresolved, .tooManyConfigs], isHeavy: true)

    struct Reply: Representation {
        let bytes: [UInt8]
        let format: ConfigFormat

        var mediaType: String { format == .env ? "text/plain; charset=utf-8" : format.mediaType }

        static var mediaTypes: [String] { ConfigFormat.allCases.map(\.mediaType) }
        static var media: [MediaDescription] {
            ConfigFormat.allCases.map {
                MediaDescription($0.mediaType, schema: $0.documentSchema, example: $0.documentExample)
            }
        }
        static var schema: JSONValue { ConfigFormat.json.documentSchema }
        static var exampleJSON: JSONValue { ConfigFormat.json.documentExample }
        static var schemaName: String? { nil }
    }

    private let export: ExportConfigs

    init(_ export: ExportConfigs) {
        self.export = export
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let format: ConfigFormat = try request.query.choice("format") ?? .json
        let reveal = try request.query.flag("reveal") ?? false
        let resolve = try request.query.flag("resolve") ?? false
        let bytes = try await export.execute(
            ExportConfigs.Input(
                namespace: try request.path(.namespace), filter: try ConfigQuery.filter(of: request.query),
                format: format,
                reveal: reveal, resolve: resolve),
            as: request.caller)
        return Answer(Reply(bytes: bytes, format: format), caching: reveal || resolve ? .none : .validated)
    }
}
