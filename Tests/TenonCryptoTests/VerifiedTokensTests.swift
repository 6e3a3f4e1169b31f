import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonCrypto

/// What is remembered of tokens, and for how long.
@Suite struct VerifiedTokensTests {
    private let clock = ManualClock()
    private let ids = Identifiers.forTests()
    private let memory = Duration.seconds(1860)

    private func claims(version: Int64 = 1) -> AccessClaims {
        AccessClaims(
            subject: ids.next(), tenant: ids.next(), session: ids.next(), roles: [.viewer], userVersion: version,
            issuedAt: clock.now(), expiresAt: clock.now() + .seconds(86_400))
    }

    private func passes(_ claims: AccessClaims, in tokens: VerifiedTokens) -> Bool {
        tokens.keep(claims, under: TokenDigest(claims.session.bytes + claims.session.bytes), era: 0)
    }

    @Test("a revocation is kept for as long as a token can live, and no more than twice as long")
    func forgetting() {
        let tokens = VerifiedTokens(bytes: 10_000, memory: memory)
        let subject = claims()
        tokens.revoke(AccessChange(id: ids.next(), .session(subject.session)), at: clock.now())
        // Others in between never push it out too early.
        for _ in 0..<18 {
            clock.advance(by: .seconds(100))
            tokens.revoke(AccessChange(id: ids.next(), .session(ids.next())), at: clock.now())
        }
        clock.advance(by: .seconds(59))
        tokens.revoke(AccessChange(id: ids.next(), .session(ids.next())), at: clock.now())
        #expect(!passes(subject, in: tokens))
        for _ in 0..<1000 {
            clock.advance(by: .seconds(60))
            for _ in 0..<10 { tokens.revoke(AccessChange(id: ids.next(), .session(ids.next())), at: clock.now()) }
            // Ten a minute: twice the memory holds no more than 2 × 320.
            #expect(tokens.counts.revocations <= 640)
        }
        #expect(passes(subject, in: tokens))
    }

    @Test("of a user's epochs the highest counts, also across the turn")
    func epochs() {
        let tokens = VerifiedTokens(bytes: 10_000, memory: memory)
        let user = claims(version: 4)
        tokens.revoke(AccessChange(id: ids.next(), .user(user.subject), epoch: 5), at: clock.now())
        clock.advance(by: memory)
        tokens.revoke(AccessChange(id: ids.next(), .user(user.subject), epoch: 3), at: clock.now())
        #expect(!passes(user, in: tokens))
    }

    @Test("a check that began before all tokens were forgotten leaves nothing behind")
    func eras() {
        let tokens = VerifiedTokens(bytes: 10_000, memory: memory)
        let digest = TokenDigest([UInt8](repeating: 1, count: 32))
        guard case .unknown(let era) = tokens.look(up: digest, at: clock.now()) else {
            Issue.record("a token is known before it came")
            return
        }
        tokens.forgetTokens()
        #expect(tokens.keep(claims(), under: digest, era: era))
        #expect(tokens.counts.tokens == 0)
        #expect(tokens.keep(claims(), under: digest, era: era + 1))
        #expect(tokens.counts.tokens == 1)
    }
}
