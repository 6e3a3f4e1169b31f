internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

extension PathParameter<SessionID> {
    static var session: Self {
        PathParameter(name: "session_id", description: "The session's id.", failure: .sessionNotFound)
    }
}

/// A session, for its owner to recognise.
struct OwnSession: Presented {
    let session: Session
    /// Whether the request came by it.
    let isCurrent: Bool

    init(_ session: Session, of caller: Caller) throws(Failure) {
        self.session = session
        isCurrent = session.id == (try caller.requireUser().session)
    }

    private init(example session: Session) {
        self.session = session
        isCurrent = true
    }

    static let fields = Fields<OwnSession>(
        "SessionReply",
        example: OwnSession(
            example: Session.begin(
                id: .example, for: User.fields.example(), from: Origin(address: "192.0.2.7", requestID: ""),
                lifetimes: TokenLifetimes(), at: .example
            ).0),
        member("id") { $0.session.id }, member("current") { $0.isCurrent }, member("address") { $0.session.address },
        member("user_agent") { $0.session.userAgent }, member("created_at") { $0.session.createdAt },
        member("refreshed_at") { $0.session.rotatedAt }, member("idle_until") { $0.session.idleUntil },
        member("ends_at") { $0.session.endsAt })
}

extension EndpointCatalog {
    mutating func addSessions(_ useCases: IdentityUseCases, paging: Paging) {
        let sessions = Resource<OwnSession, SessionID>("/auth/sessions", .session, tag: "Identity")
        add(
            sessions.list(
                "listSessions", "List the caller's own sessions, newest first",
                "Sessions that can still be refreshed, with the address of their login. `current` marks the current one.",
                for: .signedIn, paging,
                scope: { caller throws(Failure) in try caller.requireUser().id.description }
            ) { page, _, caller throws(Failure) in
                try await useCases.listSessions.execute(page, as: caller).map { session throws(Failure) in
                    try OwnSession(session, of: caller)
                }
            })
        add(
            sessions.get(
                "getSession", "Get one of the caller's own sessions",
                "Returns 404 for another user's session and for one that has ended.", for: .signedIn
            ) { id, caller throws(Failure) in
                try OwnSession(try await useCases.getSession.execute(id, as: caller), of: caller)
            })
        add(
            sessions.delete(
                "endSession", "End one of the caller's own sessions",
                """
                For example the session of a lost device. Returns 404 for another user's session and for one that has ended.
                """,
                for: .signedIn, failures: []
            ) { target, _, caller throws(Failure) in
                try await useCases.endSession.execute(target.id, as: caller)
            })
    }
}
