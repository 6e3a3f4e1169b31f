internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /auth/sessions`
struct EndOwnSessionsEndpoint: Endpoint {
    static let operation = Operation(
        "endOwnSessions", .delete, "/auth/sessions", tag: "Identity", summary: "Sign the caller out everywhere",
        description: """
            Ends every session of the user, including the current one. Their access tokens are refused at once, by other processes of the service within a second.
            """, access: .signedIn, success: .noContent)

    private let end: EndOwnSessions

    init(_ end: EndOwnSessions) {
        self.end = end
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await end.execute(as: request.caller)
        return Answer(NoReply())
    }
}
