internal import TenonApplication
internal import TenonDomain

/// `GET /auth/sessions`
struct ListSessionsEndpoint: Endpoint {
    static let operation = Operation(
        "listSessions", .get, "/auth/sessions", tag: "Identity", summary: "The caller's own sessions, newest first",
        description: """
            Those that can still be refreshed, with where they began. `current` marks the one that this is called by.
            """, access: .signedIn)

    struct Reply: ReplyBody {
        let items: [SessionReply]

        func write(to fields: inout FieldWriter) {
            fields.field("items", items)
        }

        static var example: Reply { Reply(items: [.example]) }
    }

    private let list: ListSessions

    init(_ list: ListSessions) {
        self.list = list
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let current = try request.caller.requireUser().session
        let sessions = try await list.execute(as: request.caller)
        return Answer(Reply(items: sessions.map { SessionReply(session: $0, isCurrent: $0.id == current) }))
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
