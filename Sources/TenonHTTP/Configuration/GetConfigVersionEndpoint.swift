internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /namespaces/{namespace_id}/configs/{key}/versions/{version}`
struct GetConfigVersionEndpoint: Endpoint {
    static let operation = Operation(
        "getConfigVersion", .get, "/namespaces/\(.namespace)/configs/\(.configKey)/versions/\(.configVersion)",
        tag: "Configuration",
        summary: "Get a version of an entry",
        description: """
            The same as `?version=` on the entry.
            """, access: .permission(GetConfig.permission),
        query: [
            QueryParameter(
                "reveal", "false masks a secret's value; it is always masked for callers without secrets:read.",
                schema: ["type": "boolean", "default": true])
        ],
        failures: [.namespaceNotFound, .configNotFound, .configVersionNotFound])

    private let get: GetConfig

    init(_ get: GetConfig) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<ConfigReply> {
        let number = try request.path(.configVersion)
        let view = try await get.execute(
            GetConfig.Input(
                namespace: try request.path(.namespace), key: try request.path(.configKey),
                version: .number(number.number),
                reveal: try request.query.flag("reveal") ?? true),
            as: request.caller)
        return Answer(ConfigReply(view: view), caching: view.entry.isSecret ? .none : .validated)
    }
}
