public import TenonKit

/// Keeps the sessions of the transaction's tenant.
public protocol SessionStore: Sendable {
    /// Of the user's sessions that nobody ended the newest `Session.maxCount` stay. The others end as this one begins, some at
    /// a time where there are many; answers their ids.
    @discardableResult
    func add(_ session: Session) async throws(Failure) -> [SessionID]

    func session(_ id: SessionID) async throws(Failure) -> Session?

    /// The session, held until the transaction ends, and whose it is: of two that ask at once the second waits.
    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> (session: Session, user: User)?

    /// Those of the user that are not over, newest first.
    func sessions(of user: UserID, at now: Timestamp, _ page: PageRequest) async throws(Failure) -> Page<Session>

    /// Ends those of the user that are not over, but for one; answers their ids. What ran out by itself stays as it is.
    func endAll(of user: UserID, but kept: SessionID?, at now: Timestamp) async throws(Failure) -> [SessionID]

    /// Stores the counter and the times.
    func save(_ session: Session) async throws(Failure)
}

/// Stores with a `SessionStore`.
public protocol HasSessions: Sendable {
    var sessions: any SessionStore { get }
}

extension Session: StoredResource {
    public var storeKey: SessionID { id }
    public var sortKey: String { id.description }
}
