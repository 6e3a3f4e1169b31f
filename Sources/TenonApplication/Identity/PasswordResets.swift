internal import TenonDomain
internal import TenonKit

/// Creates the one-time tokens with which a user chooses a password.
///
/// The delivery of events brings the token to the user: the event of the reset contains it sealed with the tenant's
/// key, and it is opened only for subscribers. The store has its digest.
struct PasswordResets: Sendable {
    /// A reset that is stored with the rest of its transaction.
    struct Prepared: Sendable {
        let reset: PasswordReset
        let event: DomainEvent

        func store(in work: any HasPasswordResets & RecordsEvents) async throws(Failure) {
            try await work.passwordResets.put(reset)
            work.record(event)
        }
    }

    let sealer: any ValueSealer
    let digests: any KeyedDigests
    let randomness: any Randomness
    /// The lifetime of a token.
    let lifetime: Duration

    /// A token and its stored part.
    func make(for user: User, at now: Timestamp) -> (token: PasswordResetToken, reset: PasswordReset) {
        let token = PasswordResetToken(tenant: user.tenant, user: user.id, secret: randomness.bytes(32))
        let reset = PasswordReset(
            tenant: user.tenant, user: user.id, digest: digest(of: token), expiresAt: now + lifetime)
        return (token, reset)
    }

    func prepare(for user: User, at now: Timestamp) async throws(Failure) -> Prepared {
        let (token, reset) = make(for: user, at: now)
        let sealed = try await sealer.seal(
            Array(token.text.revealedText().utf8), at: PasswordReset.sealPlace(of: user.id, in: user.tenant))
        return Prepared(reset: reset, event: reset.requested(email: user.email, sealedToken: sealed))
    }

    func digest(of token: PasswordResetToken) -> [UInt8] {
        digests.digest(token.secret, for: .passwordReset)
    }
}
