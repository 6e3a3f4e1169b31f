public import TenonDomain
public import TenonKit

struct MemoryPasswordResetStore: PasswordResetStore {
    let tables: MemoryTables
    let tenant: TenantID

    func put(_ reset: PasswordReset) async throws(Failure) {
        guard reset.tenant == tenant else { throw .bug("A reset is put in a transaction of another tenant.") }
        tables.change { state in
            let standing = state.passwordResets[reset.user, default: []] + [reset]
            state.passwordResets[reset.user] = Array(
                standing.sorted { $0.expiresAt > $1.expiresAt }.prefix(PasswordReset.maxCount))
        }
    }

    func reset(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset? {
        tables.read { $0.passwordResets[user] ?? [] }.first { $0.tenant == tenant && $0.digest == digest }
    }

    func take(of user: UserID, digest: [UInt8]) async throws(Failure) -> PasswordReset? {
        guard let taken = try await reset(of: user, digest: digest) else { return nil }
        try await removeAll(of: user)
        return taken
    }

    func removeAll(of user: UserID) async throws(Failure) {
        tables.change { state in
            if state.passwordResets[user]?.first?.tenant == tenant { state.passwordResets[user] = nil }
        }
    }
}

/// Resets of all tenants in memory.
public struct MemoryPasswordResetSweeper: ExpiredRows {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let before = state.passwordResets.values.reduce(0) { $0 + $1.count }
            state.passwordResets = state.passwordResets.mapValues { resets in resets.filter { $0.expiresAt > now } }
                .filter { !$0.value.isEmpty }
            return before - state.passwordResets.values.reduce(0) { $0 + $1.count }
        }
    }
}
