internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /sso-connections`
struct ListSSOConnectionsEndpoint: Endpoint {
    static let operation = Operation(
        "listSSOConnections", .get, "/sso-connections", tag: "Identity",
        summary: "The tenant's connections to identity providers by name",
        description: """
            All connections of the caller's tenant, page by page.
            """,
        access: .permission(ListSSOConnections.permission), query: Paging.parameters)

    private let connections: ListSSOConnections
    private let paging: Paging

    init(_ connections: ListSSOConnections, paging: Paging) {
        self.connections = connections
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<SSOConnectionReply>> {
        let list = "sso-connections/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: list)
        let page = try await connections.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list, as: SSOConnectionReply.init(connection:)))
    }
}
