public import TenonDomain

/// Ends one of the caller's own sessions, such as that of a lost device, or the current one, which signs the caller
/// out. Access tokens of the session are refused at once by this process, within a second by others.
public struct EndSession: Sendable {
    let transactions: Writes<any HasSessions & RecordsEvents>
    let clock: any WallClock

    /// Nil ends the session of the caller. Fails with `sessionNotFound`.
    public func execute(_ id: SessionID?, as caller: Caller) async throws(Failure) {
        let user = try caller.requireUser()
        let now = clock.now()
        try await transactions.write(for: caller) { work throws(Failure) in
            guard var session = try await work.sessions.sessionForUpdate(id ?? user.session)?.session,
                session.user == user.id, session.isAlive(at: now)
            else { throw .noSession }
            let ended = session.end(at: now, because: id == nil ? "signed_out" : "ended_by_user")
            try await work.sessions.save(session)
            work.record(ended)
            work.accessChanged(.session(session.id))
        }
    }
}
