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

/// Tokens with a verified signature, so that checking one again costs a digest. Bounded; never returns an expired or
/// revoked token.
final class VerifiedTokens: Sendable {
    enum Answer {
        case valid(AccessClaims)
        case refused(TokenFault)
        /// Must be verified, and may be cached for the era in which verification began.
        case unknown(era: Int)
    }

    private struct State {
        var claims: BoundedCache<TokenDigest, AccessClaims>
        /// Counts how often all tokens were dropped.
        var era = 0
        /// The subjects with revoked tokens, and the revoked epochs. Each is kept for one to two periods of `memory`:
        /// all of them age at once, because checking them one by one would delay every verification.
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

    /// Holds about `bytes` of tokens at most. `memory` is how long a token could still be valid after its revocation.
    init(bytes: Int, memory: Duration) {
        state = Mutex(State(claims: BoundedCache(capacity: bytes)))
        self.memory = memory
    }

    /// The number of cached tokens and revocations.
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

    /// False if the token is revoked. Caches nothing of an earlier era.
    func keep(_ claims: AccessClaims, under digest: TokenDigest, era: Int) -> Bool {
        state.withLock { state in
            guard !state.isRevoked(claims) else { return false }
            let cost = 256 + claims.roles.reduce(0) { $0 + 64 + $1.name.utf8.count }
            if era == state.era { state.claims.insert(claims, for: digest, cost: cost) }
            return true
        }
    }

    /// Drops every token, including those being verified. Revocations stay.
    func forgetTokens() {
        state.withLock { state in
            state.era += 1
            state.claims.removeAll()
        }
    }

    /// Tenants and API keys have no tokens.
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
