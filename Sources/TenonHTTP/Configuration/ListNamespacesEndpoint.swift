internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /namespaces`
struct ListNamespacesEndpoint: Endpoint {
    static let operation = Operation(
        "listNamespaces", .get, "/namespaces", tag: "Configuration", summary: "The tenant's namespaces by name",
        description: """
            All namespaces of the caller's tenant, page by page.
            """,
        access: .permission(ListNamespaces.permission),
        query: Paging.parameters + [
            QueryParameter("name", "Only the namespace of this name.", schema: NamespaceName.schema)
        ])

    private let namespaces: ListNamespaces
    private let paging: Paging

    init(_ namespaces: ListNamespaces, paging: Paging) {
        self.namespaces = namespaces
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<NamespaceReply>> {
        let named = try request.query.value("name") { text throws(Violation) in try NamespaceName(text) }
        let list = "namespaces/\(try request.caller.requireTenant())/\(named?.text ?? "")"
        let wanted = try paging.request(request.query, of: list)
        let page = try await namespaces.execute(
            ListNamespaces.Input(filter: named, page: wanted), as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list, as: NamespaceReply.init(namespace:)))
    }
}
