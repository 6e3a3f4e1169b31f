public import TenonDomain
public import TenonKit

/// Stored responses in memory. Transactions run one after another, so a claim is never found in progress.
struct MemoryReplyStore: ReplyStore {
    let tables: MemoryTables
    let tenant: TenantID

    func claim(_ digest: [UInt8], at now: Timestamp) async throws(Failure) -> KeptReply? {
        tables.read { $0.replies[ClaimPath(tenant: tenant, claim: digest)] }.flatMap { $0.expiresAt > now ? $0 : nil }
    }

    func keep(_ reply: KeptReply) async throws(Failure) {
        tables.change { $0.replies[ClaimPath(tenant: tenant, claim: reply.claim.digest)] = reply }
    }
}

/// Stored responses of all tenants in memory.
public struct MemoryReplySweeper: ExpiredRows {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let before = state.replies.count
            state.replies = state.replies.filter { $0.value.expiresAt > now }
            return before - state.replies.count
        }
    }
}
