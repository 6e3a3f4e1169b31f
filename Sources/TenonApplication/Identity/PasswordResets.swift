internal import TenonDomain
internal import TenonKit

/// Makes the one-time tokens by which a user chooses a password.
///
/// The token goes to the user by whoever delivers events: the event of the reset carries it sealed under the tenant's key,
/// and it is opened on its way to subscribers alone. The store knows its digest.
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
    /// How long a token is good.
    let lifetime: Duration

    /// A token and what is stored of it.
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
