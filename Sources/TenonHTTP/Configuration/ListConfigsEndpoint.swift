internal import TenonApplication
internal import TenonDomain

/// `GET /namespaces/{namespace_id}/configs`
struct ListConfigsEndpoint: Endpoint {
    static let operation = Operation(
        "listConfigs", .get, "/namespaces/{namespace_id}/configs", tag: "Configuration",
        summary: "The entries of a namespace by key",
        description: """
            Values of secrets are masked unless `reveal=true` asks for them.
            """, access: .permission(ListConfigs.permission),
        query: Paging.parameters + [
            QueryParameter(
                "prefix", "Only keys that begin with this.",
                schema: ["type": "string", "pattern": "^([A-Za-z0-9_][A-Za-z0-9_.-]{0,254})?$"]),
            QueryParameter(
                "reveal", "true shows the values of secrets; needs secrets:read.",
                schema: ["type": "boolean", "default": false]),
        ],
        failures: [.namespaceNotFound])

    private let list: ListConfigs
    private let paging: Paging

    init(_ list: ListConfigs, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<ConfigReply>> {
        let namespace = try request.namespaceID
        let prefix = try request.query.value("prefix") { text throws(Violation) in try ConfigKeyPrefix(text) } ?? .all
        let reveal = try request.query.flag("reveal") ?? false
        let name = "configs/\(try request.caller.requireTenant())/\(namespace)/\(prefix.text)"
        let wanted = try paging.request(request.query, of: name)
        let page = try await list.execute(
            ListConfigs.Input(namespace: namespace, prefix: prefix, reveal: reveal, page: wanted),
            as: request.caller)
        return Answer(
            paging.reply(page, for: wanted, of: name, as: ConfigReply.init(view:)), caching: reveal ? .none : .validated
        )
    }
}
