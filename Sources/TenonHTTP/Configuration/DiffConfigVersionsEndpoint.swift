internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /namespaces/{namespace_id}/configs/{key}/diff`
struct DiffConfigVersionsEndpoint: Endpoint {
    private static func version(_ name: String, _ description: String) -> QueryParameter {
        QueryParameter(
            name, description, schema: ["type": "integer", "minimum": 0, "maximum": .integer(VersionNumber.maximum)])
    }

    static let operation = Operation(
        "diffConfigVersions", .get, "/namespaces/\(.namespace)/configs/\(.configKey)/diff", tag: "Configuration",
        summary: "Get the difference of two versions of an entry",
        description: """
            A JSON Patch (RFC 6902) that transforms one version into the other, over the members `value`, `value_type`, `validation_schema`, `description`, `is_secret` and `tags`; a deleted entry is `{}`. Values of secrets are `null`.
            """, access: .permission(DiffConfigVersions.permission),
        query: [
            version("from", "The older version; the default is the one before `to`. 0 means before the entry existed."),
            version("to", "The newer version; the default is the newest."),
        ],
        failures: [.namespaceNotFound, .configNotFound, .configVersionNotFound], isHeavy: true)

    struct Reply: ReplyBody {
        let output: DiffConfigVersions.Output

        func write(to fields: inout FieldWriter) {
            fields.field("key", output.key.text)
            fields.field("from", output.from)
            fields.field("to", output.to)
            fields.field("masked", output.difference.isMasked)
            fields.field("patch", output.difference.patch)
        }

        static var example: Reply {
            Reply(
                output: DiffConfigVersions.Output(key: .example, from: 0, to: 1, difference: .example))
        }
    }

    private let diff: DiffConfigVersions

    init(_ diff: DiffConfigVersions) {
        self.diff = diff
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let range = 0...Int(VersionNumber.maximum)
        let from = try request.query.integer("from", in: range).map { Int64($0) }
        let to = try request.query.integer("to", in: range).map { Int64($0) }
        return Answer(
            Reply(
                output: try await diff.execute(
                    DiffConfigVersions.Input(
                        namespace: try request.path(.namespace), key: try request.path(.configKey), from: from, to: to),
                    as: request.caller)))
    }
}
