public import TenonDomain

/// Sessions in memory that are over.
public struct MemorySessionSweeper: ExpiredRows {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let before = state.sessions.count
            let moment = now - Session.retention
            state.sessions = state.sessions.filter {
                $0.value.endsAt > moment && $0.value.endedAt.map { $0 > moment } ?? true
            }
            return before - state.sessions.count
        }
    }
}
