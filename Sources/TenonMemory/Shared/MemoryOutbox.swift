public import TenonDomain
public import TenonKit

/// The outbox in memory.
public struct MemoryOutbox: Outbox {
    private let transactions: MemoryTransactions
    private let clock: any WallClock
    private let gate = Gate(width: 1)

    public init(_ transactions: MemoryTransactions, clock: any WallClock) {
        self.transactions = transactions
        self.clock = clock
    }

    public func deliver(
        limit: Int, to deliver: @Sendable ([OutboxEvent]) async throws(Failure) -> Void
    ) async throws(Failure) -> Int {
        try await gate.enter()
        defer { gate.leave() }
        let events = transactions.committed.read { state in
            Array(state.outbox.lazy.filter { $0.deliveredAt == nil }.map(\.event).prefix(limit))
        }
        guard !events.isEmpty else { return 0 }
        try await deliver(events)
        let now = clock.now()
        try await transactions.change { state in
            let delivered = Set(events.map(\.id))
            for index in state.outbox.indices where delivered.contains(state.outbox[index].event.id) {
                state.outbox[index].deliveredAt = now
            }
        }
        return events.count
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        let last = Identifier<OutboxEvent>.latest(at: now - OutboxEvent.patience)
        return try await transactions.change { state in
            let before = state.outbox.count
            state.outbox.removeAll { row in
                row.deliveredAt.map { $0 <= now - OutboxEvent.retention } ?? (row.event.id <= last)
            }
            return before - state.outbox.count
        }
    }

    public func hints() -> AsyncStream<Void> {
        transactions.hints
    }
}
