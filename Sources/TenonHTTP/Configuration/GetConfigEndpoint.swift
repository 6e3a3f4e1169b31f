internal import TenonApplication
internal import TenonDomain

/// `GET /namespaces/{namespace_id}/configs/{key}`
struct GetConfigEndpoint: Endpoint {
    static let operation = Operation(
        "getConfig", .get, "/namespaces/{namespace_id}/configs/{key}", tag: "Configuration",
        summary: "One entry with its value",
        description: """
            Answers the value as it stands now. A secret's value is shown to a caller with `secrets:read`, which is written to the audit log, and masked for all others.
            """, access: .permission(GetConfig.permission),
        query: [
            QueryParameter(
                "reveal", "false masks a secret's value; a caller without secrets:read sees it masked anyway.",
                schema: ["type": "boolean", "default": true])
        ],
        failures: [.namespaceNotFound, .configNotFound])

    private let get: GetConfig

    init(_ get: GetConfig) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<ConfigReply> {
        let view = try await get.execute(
            GetConfig.Input(
                namespace: try request.namespaceID,
                key: try request.path("key", orFail: .configNotFound) { text throws(Violation) in try ConfigKey(text) },
                reveal: try request.query.flag("reveal") ?? true),
            as: request.caller)
        let reply = ConfigReply(view: view)
        return Answer(reply, entityTag: reply.entityTag, caching: view.entry.isSecret ? .none : .validated)
    }
}
