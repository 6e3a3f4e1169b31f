public import TenonDomain

/// Signs the caller out everywhere: every session of the user ends, the one that this is called by as well. Their access
/// tokens are refused at once by this process, within a second by others.
public struct EndOwnSessions: Sendable {
    private let transactions: any Transactions
    private let clock: any WallClock

    init(transactions: any Transactions, clock: any WallClock) {
        self.transactions = transactions
        self.clock = clock
    }

    /// Fails with `notAuthenticated` where nobody has signed in.
    public func execute(as caller: Caller) async throws(Failure) {
        let user = try caller.requireUser()
        let now = clock.now()
        try await transactions.write(for: caller) { work throws(Failure) in
            let ended = try await work.sessions.endAll(of: user.id, but: nil, at: now)
            guard !ended.isEmpty else { return }
            for id in ended { work.accessChanged(.session(id)) }
            work.recordEnd(of: ended.count, of: user.id, because: "signed_out_everywhere")
        }
    }
}
