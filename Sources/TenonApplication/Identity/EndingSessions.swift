internal import TenonDomain

extension UnitOfWork {
    /// Ends the sessions of a user, but for one that is kept, and their access tokens with them.
    func endSessions(
        of user: UserID, but kept: SessionID? = nil, because reason: String, at now: Timestamp
    ) async throws(Failure) {
        let ended = try await sessions.endAll(of: user, but: kept, at: now)
        guard !ended.isEmpty else { return }
        for id in ended { accessChanged(.session(id)) }
        record(
            DomainEvent(
                .sessionsEnded, on: .user(user),
                ["count": .number(JSONNumber(Int64(ended.count))), "reason": .string(reason)]))
    }
}
