internal import TenonApplication
internal import TenonDomain

/// `GET /namespaces`
struct ListNamespacesEndpoint: Endpoint {
    static let operation = Operation(
        "listNamespaces", .get, "/namespaces", tag: "Configuration", summary: "The tenant's namespaces by name",
        description: """
            All namespaces of the caller's tenant, page by page.
            """,
        access: .permission(ListNamespaces.permission), query: Paging.parameters)

    private let list: ListNamespaces
    private let paging: Paging

    init(_ list: ListNamespaces, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<NamespaceReply>> {
        let name = "namespaces/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: name)
        let page = try await list.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: name, as: NamespaceReply.init(namespace:)))
    }
}
