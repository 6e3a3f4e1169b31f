public import TenonDomain

/// Lists the caller's own active sessions, newest first.
public struct ListSessions: Sendable {
    let stores: Reads<any HasSessions>
    let clock: any WallClock

    /// There are at most `Session.maxCount`.
    public func execute(_ page: PageRequest = PageRequest(), as caller: Caller) async throws(Failure) -> Page<Session> {
        let user = try caller.requireUser()
        return try await stores.for(caller).sessions.sessions(of: user.id, at: clock.now(), page)
    }
}
