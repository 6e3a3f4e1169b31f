internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `DELETE /auth/sessions/{session_id}`
struct EndSessionEndpoint: Endpoint {
    static let operation = Operation(
        "endSession", .delete, "/auth/sessions/{session_id}", tag: "Identity",
        summary: "End one of the caller's own sessions",
        description: """
            Such as that of a device that was lost. Answers 404 for somebody else's as for one that is over.
            """, access: .signedIn, success: .noContent, failures: [.sessionNotFound])

    private let end: EndSession

    init(_ end: EndSession) {
        self.end = end
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        let id = try request.path("session_id", orFail: .sessionNotFound) { SessionID($0) }
        try await end.execute(id, as: request.caller)
        return Answer(NoReply())
    }
}
