internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /auth/sessions/{session_id}`
struct GetSessionEndpoint: Endpoint {
    static let operation = Operation(
        "getSession", .get, "/auth/sessions/{session_id}", tag: "Identity", summary: "One of the caller's own sessions",
        description: """
            Answers 404 for somebody else's as for one that is over.
            """, access: .signedIn, failures: [.sessionNotFound])

    private let get: GetSession

    init(_ get: GetSession) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<SessionReply> {
        let id = try request.path("session_id", orFail: .sessionNotFound) { SessionID($0) }
        let session = try await get.execute(id, as: request.caller)
        let current = try request.caller.requireUser().session
        return Answer(SessionReply(session: session, isCurrent: session.id == current))
    }
}
