internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /users`
struct ListUsersEndpoint: Endpoint {
    static let operation = Operation(
        "listUsers", .get, "/users", tag: "Identity", summary: "The tenant's users, oldest first",
        description: """
            All users of the caller's tenant, page by page.
            """, access: .permission(ListUsers.permission),
        query: Paging.parameters + [
            QueryParameter("status", "Only users of this status.", schema: UserStatus.schema),
            QueryParameter("role", "Only users with this role.", schema: Role.schema),
        ])

    private let list: ListUsers
    private let paging: Paging

    init(_ list: ListUsers, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<UserReply>> {
        let filter = UserFilter(
            status: try request.query.choice("status"),
            role: try request.query.value("role") { text throws(Violation) in try Role(text) })
        let tenant = try request.caller.requireTenant()
        let name = "users/\(tenant)/\(filter.status?.rawValue ?? "")/\(filter.role?.name ?? "")"
        let wanted = try paging.request(request.query, of: name)
        let page = try await list.execute(ListUsers.Input(filter: filter, page: wanted), as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: name, as: UserReply.init(user:)))
    }
}
