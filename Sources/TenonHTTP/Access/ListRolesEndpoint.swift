internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /roles`
struct ListRolesEndpoint: Endpoint {
    static let operation = Operation(
        "listRoles", .get, "/roles", tag: "Access", summary: "The built-in roles and the tenant's own, by name",
        description: """
            All roles that users of the caller's tenant can have, page by page.
            """,
        access: .permission(ListRoles.permission), query: Paging.parameters)

    private let roles: ListRoles
    private let paging: Paging

    init(_ roles: ListRoles, paging: Paging) {
        self.roles = roles
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<RoleReply>> {
        let list = "roles/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: list)
        let page = try await roles.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list) { RoleReply(view: $0) })
    }
}
