internal import TenonDomain

extension UnitOfWork {
    /// Ends the sessions of a user, but for one that is kept, and their access tokens with them. The user is as this
    /// transaction has stored it, under a new version: where no session is kept, that alone says which tokens are refused.
    func endSessions(
        of user: User, but kept: SessionID? = nil, because reason: String, at now: Timestamp
    ) async throws(Failure) {
        let ended = try await sessions.endAll(of: user.id, but: kept, at: now)
        if kept == nil {
            accessChanged(.user(user.id), epoch: user.version)
        } else {
            for id in ended { accessChanged(.session(id)) }
        }
        guard !ended.isEmpty else { return }
        record(
            DomainEvent(
                .sessionsEnded, on: .user(user.id),
                ["count": .number(JSONNumber(Int64(ended.count))), "reason": .string(reason)]))
    }
}
