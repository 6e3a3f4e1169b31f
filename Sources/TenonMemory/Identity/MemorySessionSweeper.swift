public import TenonDomain

/// Forgets sessions in memory.
public struct MemorySessionSweeper: SessionSweeper {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func removeSessions(over moment: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let before = state.sessions.count
            state.sessions = state.sessions.filter {
                $0.value.endsAt > moment && $0.value.endedAt.map { $0 > moment } ?? true
            }
            return before - state.sessions.count
        }
    }
}
