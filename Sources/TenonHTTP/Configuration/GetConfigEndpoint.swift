internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /namespaces/{namespace_id}/configs/{key}`
struct GetConfigEndpoint: Endpoint {
    static let operation = Operation(
        "getConfig", .get, "/namespaces/\(.namespace)/configs/\(.configKey)", tag: "Configuration",
        summary: "Get an entry with its value",
        description: """
            Returns the current value, or that of an older version or an earlier time. A secret's value is shown to a caller with `secrets:read`, which the audit log records, and masked for all others. The response may come from the process's memory, which includes every change that this process stored; `Cache-Control: no-cache` reads from the database.
            """, access: .permission(GetConfig.permission),
        query: [
            QueryParameter(
                "reveal", "false masks a secret's value; it is always masked for callers without secrets:read.",
                schema: ["type": "boolean", "default": true]),
            ConfigQuery.resolve,
            QueryParameter(
                "version", "The number of an older version, including deletions. Not together with `as_of`.",
                schema: ["type": "integer", "minimum": 1, "maximum": .integer(VersionNumber.maximum)]),
            ConfigQuery.asOf,
        ],
        failures: [.namespaceNotFound, .configNotFound, .configVersionNotFound, .referenceUnresolved])

    private let get: GetConfig

    init(_ get: GetConfig) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<ConfigReply> {
        let version = try ConfigQuery.version(of: request.query)
        let resolve = try request.query.flag("resolve") ?? false
        let view = try await get.execute(
            GetConfig.Input(
                namespace: try request.path(.namespace), key: try request.path(.configKey), version: version,
                reveal: try request.query.flag("reveal") ?? true, resolve: resolve, isFresh: request.wantsFresh),
            as: request.caller)
        let reply = ConfigReply(view: view)
        return Answer(
            reply, entityTag: version == nil && !resolve ? reply.entityTag : nil,
            caching: view.entry.isSecret || resolve ? .none : .validated)
    }
}
