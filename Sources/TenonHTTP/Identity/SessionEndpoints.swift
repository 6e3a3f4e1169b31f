internal import TenonApplication
internal import TenonDomain

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

/// A session, for its owner to recognise.
struct SessionReply: ReplyBody {
    let session: Session
    let isCurrent: Bool

    func write(to fields: inout FieldWriter) {
        fields.field("id", session.id)
        fields.field("current", isCurrent)
        fields.field("address", session.address)
        fields.field("user_agent", session.userAgent)
        fields.field("created_at", session.createdAt)
        fields.field("refreshed_at", session.rotatedAt)
        fields.field("idle_until", session.idleUntil)
        fields.field("ends_at", session.endsAt)
    }

    static var example: SessionReply {
        SessionReply(
            session: Session.begin(
                id: .example, for: UserReply.example.user, from: Origin(address: "192.0.2.7", requestID: ""),
                lifetimes: TokenLifetimes(), at: .example
            ).0, isCurrent: true)
    }
}
