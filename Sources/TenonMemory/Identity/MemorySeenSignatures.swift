public import TenonDomain
public import TenonKit

/// Accepted signatures in memory.
public struct MemorySeenSignatures: SeenSignatures {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func remember(
        _ digest: [UInt8], of tenant: TenantID, until moment: Timestamp
    ) async throws(Failure) -> Bool {
        try await transactions.change { state in
            let path = ClaimPath(tenant: tenant, claim: digest)
            guard state.seenSignatures[path] == nil else { return false }
            state.seenSignatures[path] = moment
            return true
        }
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let before = state.seenSignatures.count
            state.seenSignatures = state.seenSignatures.filter { $0.value > now }
            return before - state.seenSignatures.count
        }
    }
}
