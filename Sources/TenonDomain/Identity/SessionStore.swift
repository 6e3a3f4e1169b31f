public import TenonKit

/// Stores the sessions of the transaction's tenant.
public protocol SessionStore: Sendable {
    /// Adds the session and keeps the user's newest `Session.maxCount` active ones. Ends the others, some at a time if
    /// there are many, and returns their ids.
    @discardableResult
    func add(_ session: Session) async throws(Failure) -> [SessionID]

    func session(_ id: SessionID) async throws(Failure) -> Session?

    /// The session and its user, locked until the transaction ends: a second caller waits.
    func sessionForUpdate(_ id: SessionID) async throws(Failure) -> (session: Session, user: User)?

    /// The user's active sessions, newest first.
    func sessions(of user: UserID, at now: Timestamp, _ page: PageRequest) async throws(Failure) -> Page<Session>

    /// Ends the user's active sessions except one, and returns their ids. Expired sessions stay unchanged.
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
