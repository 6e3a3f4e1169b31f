internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PATCH /namespaces/{namespace_id}/configs/{key}`
struct PatchConfigEndpoint: Endpoint {
    static let operation = Operation(
        "patchConfig", .patch, "/namespaces/\(.namespace)/configs/\(.configKey)", tag: "Configuration",
        summary: "Update parts of an entry",
        description: """
            A merge patch (RFC 7396): other members stay unchanged, `null` deletes a member, and objects in a JSON value are merged member by member. The result is validated as a whole. A patch that changes nothing creates no version. `If-Match` names the version to change.
            """, access: .permission(PatchConfig.permission),
        failures: [.namespaceNotFound, .configNotFound, .preconditionFailed, .preconditionRequired], isHeavy: true,
        bodyLimit: ConfigContent.bodyLimit)

    struct Body: RequestBody {
        let patch: ConfigPatch
        let comment: ChangeComment?

        static var exampleMembers: Set<String> { ["value", "comment"] }

        static var relations: JSONObject {
            var keywords = JSONObject()
            keywords["allOf"] = [["properties": .object(ConfigPatch.valueStays)]]
            return keywords
        }

        init(from fields: inout FieldReader) {
            patch = ConfigPatch(from: &fields)
            comment = fields.optional("comment")
        }
    }

    private let patch: PatchConfig

    init(_ patch: PatchConfig) {
        self.patch = patch
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<ConfigReply> {
        let reply = ConfigReply(
            view: try await patch.execute(
                PatchConfig.Input(
                    namespace: try request.path(.namespace), key: try request.path(.configKey),
                    patch: request.body.patch,
                    if: request.precondition, comment: request.body.comment),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
