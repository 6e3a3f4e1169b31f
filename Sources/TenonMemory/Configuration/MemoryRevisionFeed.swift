public import TenonDomain

/// There is no other process that could change anything here.
public struct MemoryRevisionFeed: RevisionFeed {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func news() -> AsyncStream<RevisionNews> {
        AsyncStream { continuation in _ = continuation.yield(.listening) }
    }

    public func revisions(of namespaces: [NamespaceID]) async throws(Failure) -> [NamespaceID: Int64] {
        let wanted = Set(namespaces)
        return transactions.committed.read { state in
            state.namespaces.filter { wanted.contains($0.key) }.mapValues(\.revision)
        }
    }
}
