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
/// expiry, nor one of a revoked session.
final class VerifiedTokens: Sendable {
    enum Answer {
        case valid(AccessClaims)
        case refused(TokenFault)
        case unknown
    }

    private struct State {
        /// What was not used since the last turn is forgotten at the next.
        var young: [TokenDigest: AccessClaims] = [:]
        var old: [TokenDigest: AccessClaims] = [:]
        /// Sessions that ended, until every token of theirs has expired.
        var revoked: [SessionID: Timestamp] = [:]
    }

    /// No access token lives longer.
    private static let longestLife = Duration.seconds(86_400)

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = capacity
    }

    func look(up digest: TokenDigest, at now: Timestamp) -> Answer {
        state.withLock { state in
            var found = state.young[digest]
            if found == nil, let kept = state.old[digest] {
                found = kept
                state.young[digest] = kept
            }
            guard let claims = found else { return .unknown }
            guard now < claims.expiresAt else { return .refused(.expired) }
            guard state.revoked.isEmpty || state.revoked[claims.session] == nil else { return .refused(.revoked) }
            return .valid(claims)
        }
    }

    /// False where the token's session is revoked.
    func keep(_ claims: AccessClaims, under digest: TokenDigest) -> Bool {
        state.withLock { state in
            guard state.revoked[claims.session] == nil else { return false }
            if state.young.count >= max(1, capacity / 2) {
                state.old = state.young
                state.young = [:]
            }
            state.young[digest] = claims
            return true
        }
    }

    func revoke(_ session: SessionID, at now: Timestamp) {
        state.withLock { state in
            state.revoked = state.revoked.filter { $0.value > now }
            state.revoked[session] = now + Self.longestLife
        }
    }
}
