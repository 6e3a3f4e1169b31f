internal import Synchronization
internal import TenonDomain

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
        case unknown
    }

    private struct State {
        var claims: BoundedCache<TokenDigest, AccessClaims>
        /// Whose tokens are void, those of which epochs, and until when one of them could still come.
        var revoked: [AccessSubject: (epoch: Int64, until: Timestamp)] = [:]
        var sweptAt: Timestamp?
        /// How long a token may still pass after it was signed: a day and what clocks differ by, or more where a
        /// longer one was seen.
        var longestLife = Duration.seconds(86_400 + 60)

        func isRevoked(_ claims: AccessClaims) -> Bool {
            guard !revoked.isEmpty else { return false }
            if revoked[.session(claims.session)] != nil { return true }
            return revoked[.user(claims.subject)].map { claims.userVersion < $0.epoch } ?? false
        }
    }

    private static let sweepInterval = Duration.seconds(60)

    private let state: Mutex<State>

    init(capacity: Int) {
        state = Mutex(State(claims: BoundedCache(capacity: capacity)))
    }

    /// How many tokens and how many revocations are kept.
    var counts: (tokens: Int, revocations: Int) {
        state.withLock { ($0.claims.count, $0.revoked.count) }
    }

    func look(up digest: TokenDigest, at now: Timestamp) -> Answer {
        state.withLock { state in
            guard let claims = state.claims.value(for: digest) else { return .unknown }
            guard now < claims.expiresAt else { return .refused(.expired) }
            guard !state.isRevoked(claims) else { return .refused(.revoked) }
            return .valid(claims)
        }
    }

    /// False where the token is revoked.
    func keep(_ claims: AccessClaims, under digest: TokenDigest) -> Bool {
        state.withLock { state in
            guard !state.isRevoked(claims) else { return false }
            state.longestLife = max(state.longestLife, claims.expiresAt - claims.issuedAt + .seconds(60))
            state.claims.insert(claims, for: digest)
            return true
        }
    }

    /// Of tenants and API keys there are no tokens.
    func revoke(_ change: AccessChange, at now: Timestamp) {
        switch change.subject {
        case .session, .user: break
        case .tenant, .apiKey: return
        }
        state.withLock { state in
            // Looking through all of them at each revocation would cost the square of their number.
            if state.sweptAt.map({ now - $0 >= Self.sweepInterval || now < $0 }) ?? true {
                state.revoked = state.revoked.filter { $0.value.until > now }
                state.sweptAt = now
            }
            let epoch = max(change.epoch, state.revoked[change.subject]?.epoch ?? 0)
            state.revoked[change.subject] = (epoch, now + state.longestLife)
        }
    }
}
