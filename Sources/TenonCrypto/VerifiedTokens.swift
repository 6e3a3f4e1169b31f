internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// SHA-256 of a whole token.
struct TokenDigest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ bytes: [UInt8]) {
        words = bytes.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
            return (word(0), word(1), word(2), word(3))
        }
    }

    static func == (left: TokenDigest, right: TokenDigest) -> Bool {
        left.words == right.words
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}

/// Tokens whose signature was checked, so that a check costs a digest. Bounded; never answers a token past its
/// expiry, nor a revoked one.
final class VerifiedTokens: Sendable {
    enum Answer {
        case valid(AccessClaims)
        case refused(TokenFault)
        /// To be checked, and kept for the era in which the check began.
        case unknown(era: Int)
    }

    private struct State {
        var claims: BoundedCache<TokenDigest, AccessClaims>
        /// Counts how often all tokens were forgotten.
        var era = 0
        /// Whose tokens are void, those of which epochs. Each stays for one memory at least and two at most: all of them
        /// turn old at once, because looking through them one by one would hold up every check.
        var revoked: [AccessSubject: Int64] = [:]
        var revokedBefore: [AccessSubject: Int64] = [:]
        var turnedAt: Timestamp?

        func isRevoked(_ claims: AccessClaims) -> Bool {
            if revoked.isEmpty && revokedBefore.isEmpty { return false }
            return epoch(of: .session(claims.session)) != nil
                || epoch(of: .user(claims.subject)).map { claims.userVersion < $0 } ?? false
        }

        func epoch(of subject: AccessSubject) -> Int64? {
            guard let former = revokedBefore[subject] else { return revoked[subject] }
            return max(former, revoked[subject] ?? former)
        }
    }

    private let state: Mutex<State>
    private let memory: Duration

    /// Holds `bytes` of tokens at most, about. `memory` is how long a token can still pass after it was revoked.
    init(bytes: Int, memory: Duration) {
        state = Mutex(State(claims: BoundedCache(capacity: bytes)))
        self.memory = memory
    }

    /// How many tokens and how many revocations are kept.
    var counts: (tokens: Int, revocations: Int) {
        state.withLock { ($0.claims.count, $0.revoked.count + $0.revokedBefore.count) }
    }

    func look(up digest: TokenDigest, at now: Timestamp) -> Answer {
        state.withLock { state in
            guard let claims = state.claims.value(for: digest) else { return .unknown(era: state.era) }
            guard now < claims.expiresAt else { return .refused(.expired) }
            guard !state.isRevoked(claims) else { return .refused(.revoked) }
            return .valid(claims)
        }
    }

    /// False where the token is revoked. Of an era that is over nothing is kept.
    func keep(_ claims: AccessClaims, under digest: TokenDigest, era: Int) -> Bool {
        state.withLock { state in
            guard !state.isRevoked(claims) else { return false }
            let cost = 256 + claims.roles.reduce(0) { $0 + 64 + $1.name.utf8.count }
            if era == state.era { state.claims.insert(claims, for: digest, cost: cost) }
            return true
        }
    }

    /// Has every token checked again, those too whose check is under way. Revocations stay.
    func forgetTokens() {
        state.withLock { state in
            state.era += 1
            state.claims.removeAll()
        }
    }

    /// Of tenants and API keys there are no tokens.
    func revoke(_ change: AccessChange, at now: Timestamp) {
        guard change.subject.hasTokens else { return }
        state.withLock { state in
            if now - (state.turnedAt ?? now) >= memory {
                state.revokedBefore = state.revoked
                state.revoked = [:]
                state.turnedAt = now
            }
            state.turnedAt = state.turnedAt ?? now
            state.revoked[change.subject] = max(change.epoch, state.revoked[change.subject] ?? 0)
        }
    }
}
