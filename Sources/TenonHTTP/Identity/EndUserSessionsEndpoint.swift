internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /users/{user_id}/sessions`
struct EndUserSessionsEndpoint: Endpoint {
    static let operation = Operation(
        "endUserSessions", .delete, "/users/{user_id}/sessions", tag: "Identity",
        summary: "End every session of a user",
        description: """
            Such as of somebody whose device was stolen. Access tokens are refused at once, by other processes of the service within a second.
            """, access: .permission(EndUserSessions.permission), success: .noContent, failures: [.userNotFound])

    private let end: EndUserSessions

    init(_ end: EndUserSessions) {
        self.end = end
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await end.execute(try request.userID, as: request.caller)
        return Answer(NoReply())
    }
}
