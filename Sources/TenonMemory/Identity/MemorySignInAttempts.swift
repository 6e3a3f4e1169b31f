public import TenonDomain
public import TenonKit

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
            // Refused attempts are not counted.
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
