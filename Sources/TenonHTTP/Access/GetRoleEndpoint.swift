internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /roles/{role}`
struct GetRoleEndpoint: Endpoint {
    static let operation = Operation(
        "getRole", .get, "/roles/{role}", tag: "Access", summary: "One role",
        description: """
            A built-in role shows all that it may do.
            """,
        access: .permission(GetRole.permission), failures: [.roleNotFound])

    private let get: GetRole

    init(_ get: GetRole) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<RoleReply> {
        let reply = RoleReply(view: try await get.execute(try request.role, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}
