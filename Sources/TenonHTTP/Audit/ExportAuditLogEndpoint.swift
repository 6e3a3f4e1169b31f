internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /audit-logs/export`
struct ExportAuditLogEndpoint: Endpoint {
    static let operation = Operation(
        "exportAuditLog", .get, "/audit-logs/export", tag: "Audit", summary: "Export the audit log for verification",
        description: """
            Newline-delimited JSON: a line for each record in chain order, with everything that its hash covers, and one for each signed head. `after` is the `seq` of the last exported record; an empty response is the end. `tenon audit verify` reads the concatenated lines of all responses.
            """,
        access: .permission(ExportAuditLog.permission),
        query: [
            AuditQuery.tenant, AuditQuery.sequence("after", "The last exported record; 0 for the beginning.", from: 0),
            QueryParameter(
                "limit", "Maximum number of records.",
                schema: [
                    "type": "integer", "minimum": 1, "maximum": .integer(Int64(ExportAuditLog.maxLimit)),
                    "default": .integer(Int64(ExportAuditLog.maxLimit)),
                ]),
        ], failures: [.tenantNotFound], isHeavy: true)

    struct Reply: Representation {
        let bytes: [UInt8]

        static var mediaTypes: [String] { ["application/x-ndjson"] }
        static var schema: JSONValue { ["type": "string"] }
        static var exampleJSON: JSONValue { #"{"type":"record","seq":1,"hash":"…","id":"aud_…"}"# }
        static var schemaName: String? { nil }
    }

    private let export: ExportAuditLog

    init(_ export: ExportAuditLog) {
        self.export = export
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let input = ExportAuditLog.Input(
            tenant: try AuditQuery.tenant(of: request.query),
            after: try AuditQuery.sequence(request.query, "after", from: 0) ?? 0,
            limit: try request.query.integer("limit", in: 1...ExportAuditLog.maxLimit)
                ?? ExportAuditLog.maxLimit)
        return Answer(Reply(bytes: try await export.execute(input, as: request.caller)), caching: .none)
    }
}
