internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /auth/logout`
struct SignOutEndpoint: Endpoint {
    static let operation = Operation(
        "signOut", .post, "/auth/logout", tag: "Identity", summary: "Sign out: end the current session",
        description: """
            Its access tokens are refused at once, by other processes of the service within a second, and its refresh token is revoked.
            """, access: .signedIn, success: .noContent, failures: [.sessionNotFound])

    private let end: EndSession

    init(_ end: EndSession) {
        self.end = end
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await end.execute(nil, as: request.caller)
        return Answer(NoReply())
    }
}
