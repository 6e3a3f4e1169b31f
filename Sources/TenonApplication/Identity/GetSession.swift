public import TenonDomain

/// One of the caller's own sessions that is not over.
public struct GetSession: Sendable {
    let stores: Reads<any HasSessions>
    let clock: any WallClock

    /// Fails with `sessionNotFound`, also where it is somebody else's.
    public func execute(_ id: SessionID, as caller: Caller) async throws(Failure) -> Session {
        let user = try caller.requireUser()
        guard let session = try await stores.for(caller).sessions.session(id), session.user == user.id,
            session.isAlive(at: clock.now())
        else { throw .noSession }
        return session
    }
}

extension Failure {
    static var noSession: Failure { Failure(.sessionNotFound, "There is no such session.") }
}
