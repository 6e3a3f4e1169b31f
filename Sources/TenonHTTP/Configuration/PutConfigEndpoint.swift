internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `PUT /namespaces/{namespace_id}/configs/{key}`
struct PutConfigEndpoint: Endpoint {
    static let operation = Operation(
        "putConfig", .put, "/namespaces/\(.namespace)/configs/\(.configKey)", tag: "Configuration",
        summary: "Create or replace an entry",
        description: """
            Replaces the whole entry, or creates it and returns 201. Without `is_secret` a secret stays a secret: it becomes public only by `"is_secret": false` from a caller with `secrets:read`. A replacement that changes nothing creates no version. `If-Match` names the version to replace; `If-None-Match: *` only creates. A secret's value is masked in the response.
            """, access: .permission(PutConfig.permission),
        failures: [.namespaceNotFound, .configNotFound, .preconditionFailed, .preconditionRequired],
        otherAnswers: [.created], bodyLimit: ConfigContent.bodyLimit)

    struct Body: RequestBody {
        let content: ConfigContent

        static var exampleMembers: Set<String> { ConfigContent.exampleMembers }
        static var relations: JSONObject { ConfigContent.relations }

        init(from fields: inout FieldReader) {
            content = ConfigContent(from: &fields)
        }
    }

    private let put: PutConfig

    init(_ put: PutConfig) {
        self.put = put
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<ConfigReply> {
        let content = request.body.content
        let (view, isNew) = try await put.execute(
            PutConfig.Input(
                namespace: try request.path(.namespace), key: try request.newConfigKey, draft: content.draft,
                if: request.precondition, comment: content.comment),
            as: request.caller)
        let reply = ConfigReply(view: view)
        return Answer(
            reply, status: isNew ? .created : .ok, entityTag: reply.entityTag,
            location: isNew ? reply.location : nil)
    }
}
