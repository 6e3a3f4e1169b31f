internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /users/{user_id}`
struct DeleteUserEndpoint: Endpoint {
    static let operation = Operation(
        "deleteUser", .delete, "/users/{user_id}", tag: "Identity", summary: "Take a user away, with its sessions",
        description: """
            What the user did stays in the audit log under its id. The last active owner cannot be removed. `If-Match` is honoured.
            """, access: .permission(DeleteUser.permission), success: .noContent,
        failures: [.userNotFound, .lastOwner, .preconditionFailed])

    private let delete: DeleteUser

    init(_ delete: DeleteUser) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeleteUser.Input(id: try request.userID, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}
