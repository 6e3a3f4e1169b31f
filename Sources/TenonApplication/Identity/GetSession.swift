public import TenonDomain

/// Gets one of the caller's own active sessions.
public struct GetSession: Sendable {
    let stores: Reads<any HasSessions>
    let clock: any WallClock

    /// Fails with `sessionNotFound`, also if it belongs to another user.
    public func execute(_ id: SessionID, as caller: Caller) async throws(Failure) -> Session {
        let user = try caller.requireUser()
        guard let session = try await stores.for(caller).sessions.session(id), session.user == user.id,
            session.isAlive(at: clock.now())
        else { throw .noSession }
        return session
    }
}

extension Failure {
    static var noSession: Failure { Failure(.sessionNotFound, "No session has this id.") }
}
