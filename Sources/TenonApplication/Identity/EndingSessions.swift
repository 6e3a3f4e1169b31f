internal import TenonDomain
internal import TenonKit

extension HasSessions where Self: RecordsEvents {
    /// Stores a new session. Sessions that end because the user has too many lose their access tokens, too.
    func begin(_ session: Session) async throws(Failure) {
        for id in try await sessions.add(session) { accessChanged(.session(id)) }
    }

    /// Ends the sessions of a user, except `kept`, and revokes their access tokens. `user` is as stored by this
    /// transaction, with a new version: if no session is kept, that version alone revokes the tokens. `reason` is
    /// `snake_case`; `actor` has proved their identity without being the caller.
    func endSessions(
        of user: User, but kept: SessionID? = nil, because reason: String, by actor: UserID? = nil, at now: Timestamp
    ) async throws(Failure) {
        let ended = try await sessions.endAll(of: user.id, but: kept, at: now)
        if kept == nil {
            accessChanged(.user(user.id), epoch: user.version)
        } else {
            for id in ended { accessChanged(.session(id)) }
        }
        guard !ended.isEmpty else { return }
        let details: [String: JSONValue] = ["count": .integer(Int64(ended.count)), "reason": .string(reason)]
        record(DomainEvent(.sessionsEnded, on: .user(user.id), details, by: actor))
    }
}
