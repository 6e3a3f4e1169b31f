internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /namespaces/{namespace_id}/configs`
struct ListConfigsEndpoint: Endpoint {
    static let operation = Operation(
        "listConfigs", .get, "/namespaces/\(.namespace)/configs", tag: "Configuration",
        summary: "List the entries of a namespace by key",
        description: """
            Current entries, or those at `as_of`. Values of secrets are masked unless `reveal=true`. Deleted entries are omitted. With `resolve=true` an entry whose references do not resolve has `value` null and the reason in `unresolved`; the others are complete.
            """, access: .permission(ListConfigs.permission),
        query: Paging.parameters + ConfigQuery.filters + [ConfigQuery.reveal, ConfigQuery.resolve],
        failures: [.namespaceNotFound], isHeavy: true)

    private let list: ListConfigs
    private let paging: Paging

    init(_ list: ListConfigs, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<ConfigReply>> {
        let namespace = try request.path(.namespace)
        let query = request.query
        let filter = try ConfigQuery.filter(of: query)
        let reveal = try query.flag("reveal") ?? false
        let resolve = try query.flag("resolve") ?? false
        let parts = [query.text("prefix"), query.text("tag"), query.text("search"), query.text("as_of")]
        let name =
            "configs/\(try request.caller.requireTenant())/\(namespace)/"
            + parts.map { $0 ?? "" }.joined(separator: "&")
        let wanted = try paging.request(query, of: name)
        let page = try await list.execute(
            ListConfigs.Input(namespace: namespace, filter: filter, reveal: reveal, resolve: resolve, page: wanted),
            as: request.caller)
        return Answer(
            paging.reply(page, for: wanted, of: name, as: ConfigReply.init(view:)),
            caching: reveal || resolve ? .none : .validated)
    }
}
