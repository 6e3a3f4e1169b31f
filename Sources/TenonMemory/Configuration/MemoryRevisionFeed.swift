public import TenonDomain

/// No other process can change anything here.
public struct MemoryRevisionFeed: RevisionFeed {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func news() -> AsyncStream<RevisionNews> {
        AsyncStream { continuation in _ = continuation.yield(.listening) }
    }

    public func revisions(of namespaces: [NamespaceID]) async throws(Failure) -> [NamespaceID: Int64] {
        transactions.committed.read { state in
            namespaces.reduce(into: [:]) { $0[$1] = state.namespaces.find($1)?.revision ?? Namespace.removedRevision }
        }
    }
}
