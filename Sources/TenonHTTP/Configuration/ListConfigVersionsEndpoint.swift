internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /namespaces/{namespace_id}/configs/{key}/versions`
struct ListConfigVersionsEndpoint: Endpoint {
    static let operation = Operation(
        "listConfigVersions", .get, "/namespaces/\(.namespace)/configs/\(.configKey)/versions", tag: "Configuration",
        summary: "List the versions of an entry, newest first",
        description: """
            Also for a deleted entry. Values of secrets are masked unless `reveal=true`; all versions of a current secret count as secrets.
            """, access: .permission(ListConfigVersions.permission), query: Paging.parameters + [ConfigQuery.reveal],
        failures: [.namespaceNotFound, .configNotFound], isHeavy: true)

    private let list: ListConfigVersions
    private let paging: Paging

    init(_ list: ListConfigVersions, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<ConfigReply>> {
        let namespace = try request.path(.namespace)
        let key = try request.path(.configKey)
        let reveal = try request.query.flag("reveal") ?? false
        let name = "versions/\(try request.caller.requireTenant())/\(namespace)/\(key.text)"
        let wanted = try paging.request(request.query, of: name)
        let page = try await list.execute(
            ListConfigVersions.Input(namespace: namespace, key: key, reveal: reveal, page: wanted), as: request.caller)
        return Answer(
            paging.reply(page, for: wanted, of: name, as: ConfigReply.init(view:)),
            caching: reveal ? .none : .validated)
    }
}
