internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /auth/sessions`
struct ListSessionsEndpoint: Endpoint {
    static let operation = Operation(
        "listSessions", .get, "/auth/sessions", tag: "Identity", summary: "The caller's own sessions, newest first",
        description: """
            Those that can still be refreshed, with where they began. `current` marks the one that this is called by.
            """, access: .signedIn, query: Paging.parameters)

    private let list: ListSessions
    private let paging: Paging

    init(_ list: ListSessions, paging: Paging) {
        self.list = list
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<SessionReply>> {
        let user = try request.caller.requireUser()
        let name = "sessions/\(user.id)"
        let wanted = try paging.request(request.query, of: name)
        let page = try await list.execute(wanted, as: request.caller)
        return Answer(
            paging.reply(page, for: wanted, of: name) { session in
                SessionReply(session: session, isCurrent: session.id == user.session)
            })
    }
}
