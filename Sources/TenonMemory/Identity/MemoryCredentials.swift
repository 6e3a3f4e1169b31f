public import TenonDomain

struct MemoryPasswordResetStore: PasswordResetStore {
    let tables: MemoryTables
    let tenant: TenantID

    func put(_ reset: PasswordReset) async throws(Failure) {
        guard reset.tenant == tenant else { throw .bug("A reset is put in a transaction of another tenant.") }
        tables.change { $0.passwordResets[reset.user] = reset }
    }

    func take(of user: UserID) async throws(Failure) -> PasswordReset? {
        tables.change { state in
            guard state.passwordResets[user]?.tenant == tenant else { return nil }
            return state.passwordResets.removeValue(forKey: user)
        }
    }
}

struct MemoryAttempts: Sendable {
    var count: Int
    var lastAt: Timestamp
    var blockedUntil: Timestamp
}

/// Counts attempts in memory.
public struct MemorySignInAttempts: SignInAttempts {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func begin(_ keys: [AttemptKey], at now: Timestamp) async throws(Failure) -> Timestamp? {
        try await transactions.change { state in
            for key in keys {
                var attempts =
                    state.attempts[key.digest] ?? MemoryAttempts(count: 0, lastAt: now, blockedUntil: now)
                if attempts.blockedUntil > now { return attempts.blockedUntil }
                attempts.count = now - attempts.lastAt > AttemptPolicy.memory ? 1 : attempts.count + 1
                attempts.lastAt = now
                attempts.blockedUntil = now + key.policy.delay(after: attempts.count)
                state.attempts[key.digest] = attempts
            }
            return nil
        }
    }

    public func succeeded(forgotten: [AttemptKey], lessened: [AttemptKey]) async throws(Failure) {
        try await transactions.change { state in
            for key in forgotten { state.attempts[key.digest] = nil }
            for key in lessened {
                guard var attempts = state.attempts[key.digest] else { continue }
                attempts.count -= 1
                attempts.blockedUntil = attempts.lastAt
                state.attempts[key.digest] = attempts.count > 0 ? attempts : nil
            }
        }
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await transactions.change { state in
            let before = state.attempts.count
            state.attempts = state.attempts.filter {
                now - $0.value.lastAt <= AttemptPolicy.memory || $0.value.blockedUntil > now
            }
            return before - state.attempts.count
        }
    }
}
