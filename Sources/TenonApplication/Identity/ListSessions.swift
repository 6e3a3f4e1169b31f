public import TenonDomain

/// The caller's own sessions that are not over, newest first.
public struct ListSessions: Sendable {
    private let transactions: any Transactions
    private let clock: any WallClock

    init(transactions: any Transactions, clock: any WallClock) {
        self.transactions = transactions
        self.clock = clock
    }

    /// There are `Session.maxCount` at most.
    public func execute(_ page: PageRequest = PageRequest(), as caller: Caller) async throws(Failure) -> Page<Session> {
        let user = try caller.requireUser()
        return try await transactions.reads(for: caller).sessions.sessions(of: user.id, at: clock.now(), page)
    }
}
