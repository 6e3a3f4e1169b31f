internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /sso-connections/{connection_id}`
struct DeleteSSOConnectionEndpoint: Endpoint {
    static let operation = Operation(
        "deleteSSOConnection", .delete, "/sso-connections/{connection_id}", tag: "Identity",
        summary: "Take a connection to an identity provider away",
        description: """
            Nobody signs in over it any more, and who came over it is forgotten. The users stay, and so do their sessions. `If-Match` is honoured.
            """,
        access: .permission(DeleteSSOConnection.permission), success: .noContent,
        failures: [.ssoConnectionNotFound, .preconditionFailed])

    private let delete: DeleteSSOConnection

    init(_ delete: DeleteSSOConnection) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeleteSSOConnection.Input(id: try request.connectionID, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}
