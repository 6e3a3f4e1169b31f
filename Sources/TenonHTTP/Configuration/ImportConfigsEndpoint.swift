internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /namespaces/{namespace_id}/import`
struct ImportConfigsEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "importConfigs", .post, "/namespaces/\(.namespace)/import", tag: "Configuration",
        summary: "Import the entries of a document, all or none",
        description: """
            A JSON or YAML document is an object of keys and values, or an object with an array `configs` of entries, as in an export. `KEY=value` lines are read as an environment variable file. An existing key keeps its type and rules and gets the value; a new key takes its type from the value. Keys that the document does not name stay unchanged. If anything is refused, nothing is stored, and each violation names its line. `dry_run=true` stores nothing and returns the outcome of each entry.
            """, access: .permission(ImportConfigs.permission),
        query: [
            QueryParameter(
                "format", "The document's format; the default follows from `Content-Type`.",
                schema: ConfigFormat.schema),
            .dryRun, ConfigQuery.revision, ConfigQuery.comment,
        ],
        failures: [.namespaceNotFound, .preconditionFailed], takesIdempotencyKey: true,
        isHeavy: true, bodyLimit: BatchConfigsEndpoint.bodyLimit)

    struct Body: TextBody {
        let bytes: [UInt8]
        let mediaType: String

        static let formats: [(type: String, format: ConfigFormat)] = [
            ("application/json", .json), ("application/yaml", .yaml), ("application/x-yaml", .yaml),
            ("text/yaml", .yaml), ("text/plain", .env),
        ]

        static var media: [MediaDescription] {
            formats.map { type, format in
                MediaDescription(type, schema: format.documentSchema, example: format.documentExample)
            }
        }

        /// The format of the media type.
        var format: ConfigFormat { Self.formats.first { $0.type == mediaType }?.format ?? .json }
    }

    private let importConfigs: ImportConfigs

    init(_ importConfigs: ImportConfigs) {
        self.importConfigs = importConfigs
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(importConfigs.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<RevisionReply> {
        let isTrial = try request.query.isTrial
        let output = try await importConfigs.execute(
            ImportConfigs.Input(
                namespace: try request.path(.namespace), document: request.body.bytes,
                format: try request.query.choice("format") ?? request.body.format, comment: try request.comment,
                revision: try ConfigQuery.revision(of: request.query), isTrial: isTrial),
            as: request.caller)
        return Answer(
            RevisionReply(
                namespace: output.namespace, isTrial: isTrial,
                results: output.results.map { item, result in RevisionResultReply(item, result) }))
    }
}

extension RevisionResultReply {
    fileprivate init(_ item: ConfigDocumentItem, _ result: ImportConfigs.Result) {
        switch result {
        case .created(let difference):
            self.init(key: item.key, outcome: .created, line: item.line, difference: difference)
        case .changed(let difference):
            self.init(key: item.key, outcome: .changed, line: item.line, difference: difference)
        case .unchanged: self.init(key: item.key, outcome: .unchanged, line: item.line)
        case .refused(let errors): self.init(key: item.key, outcome: .refused, line: item.line, errors: errors)
        }
    }
}

extension ConfigFormat {
    static var schema: JSONValue {
        ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })]
    }

    var documentSchema: JSONValue {
        self == .env ? ["type": "string"] : ["type": "object", "description": "Keys and values, or `configs`."]
    }

    var documentExample: JSONValue {
        self == .env ? "LOG_LEVEL=INFO\n" : ["log_level": "INFO", "max_connections": 100]
    }
}
