internal import TenonApplication
internal import TenonDomain

/// `GET /namespaces/{namespace_id}/configs`
struct ListConfigsEndpoint: Endpoint {
    static let operation = Operation(
        "listConfigs", .get, "/namespaces/{namespace_id}/configs", tag: "Configuration",
        summary: "The entries of a namespace by key",
        description: """
            As they are, or as they were. Values of secrets are masked unless `reveal=true` asks for them. Deleted entries are left out.
            """, access: .permission(ListConfigs.permission),
        query: Paging.parameters + [
            QueryParameter(
                "prefix", "Only keys that begin with this.",
                schema: ["type": "string", "pattern": "^([A-Za-z0-9_][A-Za-z0-9_.-]{0,254})?$"]),
            QueryParameter(
                "tag", "Only entries with this tag.",
                schema: ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,62}$"]),
            QueryParameter(
                "search", "Only keys that hold this, in upper or lower case.",
                schema: ["type": "string", "pattern": "^[A-Za-z0-9_.-]{1,255}$"]),
            ConfigQuery.asOf, ConfigQuery.reveal, ConfigQuery.resolve,
        ],
        failures: [.namespaceNotFound, .referenceUnresolved])

    private let list: ListConfigs
    private let paging: Paging

    init(_ list: ListConfigs, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<ConfigReply>> {
        let namespace = try request.namespaceID
        let query = request.query
        let filter = ConfigFilter(
            prefix: try query.value("prefix") { text throws(Violation) in try ConfigKeyPrefix(text) } ?? .all,
            tag: try query.value("tag") { text throws(Violation) in try ConfigTag(text) },
            search: try query.value("search") { text throws(Violation) in try ConfigKeyPart(text) },
            asOf: try ConfigQuery.moment(of: query))
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
