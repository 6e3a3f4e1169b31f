public import TenonDomain

struct MemoryPasswordResetStore: PasswordResetStore {
    let tables: MemoryTables
    let tenant: TenantID

    func put(_ reset: PasswordReset) async throws(Failure) {
        guard reset.tenant == tenant else { throw .bug("A reset is put in a transaction of another tenant.") }
        tables.change { state in
            let standing = state.passwordResets[reset.user, default: []] + [reset]
            state.passwordResets[reset.user] = Array(
                standing.sorted { $0.expiresAt > $1.expiresAt }.prefix(PasswordReset.most))
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
            let keys = keys.filter { key in
                guard let seen = key.exemption.flatMap({ state.knownSignIns[$0] }) else { return true }
                return now - seen > AttemptPolicy.trust
            }
            // What is refused is counted nowhere.
            let blocked = keys.compactMap { state.attempts[$0.digest]?.blockedUntil }.filter { $0 > now }.max()
            if let blocked { return blocked }
            for key in keys {
                var attempts =
                    state.attempts[key.digest] ?? MemoryAttempts(count: 0, lastAt: now, blockedUntil: now)
                attempts.count = now - attempts.lastAt > AttemptPolicy.memory ? 1 : attempts.count + 1
                attempts.lastAt = now
                attempts.blockedUntil = now + key.policy.delay(after: attempts.count)
                state.attempts[key.digest] = attempts
            }
            return nil
        }
    }

    public func succeeded(
        forgotten: [AttemptKey], lessened: [AttemptKey], exemption: [UInt8]?, at now: Timestamp
    ) async throws(Failure) {
        try await transactions.change { state in
            if let exemption { state.knownSignIns[exemption] = now }
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
            let before = state.attempts.count + state.knownSignIns.count
            state.knownSignIns = state.knownSignIns.filter { now - $0.value <= AttemptPolicy.trust }
            state.attempts = state.attempts.filter {
                now - $0.value.lastAt <= AttemptPolicy.memory || $0.value.blockedUntil > now
            }
            return before - state.attempts.count - state.knownSignIns.count
        }
    }
}
