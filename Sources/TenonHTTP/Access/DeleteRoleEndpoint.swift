internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /roles/{role}`
struct DeleteRoleEndpoint: Endpoint {
    static let operation = Operation(
        "deleteRole", .delete, "/roles/{role}", tag: "Access", summary: "Take a role away",
        description: """
            Refused while users have it, other roles inherit it or a single sign-on connection gives it. `If-Match` is honoured.
            """,
        access: .permission(DeleteRole.permission), success: .noContent,
        failures: [.roleNotFound, .roleBuiltIn, .roleInUse, .preconditionFailed], isHeavy: true)

    private let delete: DeleteRole

    init(_ delete: DeleteRole) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeleteRole.Input(id: try request.role, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}
