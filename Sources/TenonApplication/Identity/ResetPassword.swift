public import TenonDomain
internal import TenonKit

/// Chooses a password with the token of a reset. Ends every session of the user.
public struct ResetPassword: Sendable {
    public struct Input: Sendable {
        public let token: Secret
        public let new: Secret

        public init(token: Secret, new: Secret) {
            self.token = token
            self.new = new
        }
    }

    private let stores: Reads<any HasUsers & HasPasswordResets>
    private let transactions: Writes<any HasUsers & HasSessions & HasPasswordResets & RecordsEvents>
    private let passwords: PasswordPolicy
    private let hasher: any PasswordHasher
    private let resets: PasswordResets
    private let throttle: SignInThrottle
    private let refusals: RefusalThrottle
    private let clock: any WallClock

    init(
        transactions: any Transactions, passwords: PasswordPolicy, hasher: any PasswordHasher,
        resets: PasswordResets, throttle: SignInThrottle, clock: any WallClock
    ) {
        stores = Reads(transactions) { $0 }
        self.transactions = Writes(transactions) { $0 }
        self.passwords = passwords
        self.hasher = hasher
        self.resets = resets
        self.throttle = throttle
        refusals = RefusalThrottle(clock: clock)
        self.clock = clock
    }

    /// Checks the token before it hashes the password, which is expensive. Fails with `invalidResetToken`,
    /// `tooManyAttempts`, with the policy's violations at `/new_password`, or like the hasher.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        _ = try passwords.check(input.new, at: "/new_password")
        guard let token = PasswordResetToken(input.token) else { throw Self.refusal }
        let attempt = try await throttle.begin(account: "reset-confirm/\(token.user)", as: caller)
        defer { throttle.end(attempt) }
        let now = clock.now()
        let digest = resets.digest(of: token)
        let standing = try await stores.in(token.tenant).passwordResets.reset(
            of: token.user, digest: digest)
        guard let standing, now < standing.expiresAt,
            let holder = try await stores.in(token.tenant).users.user(token.user)
        else { throw try await refusal(of: token, as: caller) }
        _ = try passwords.check(input.new, at: "/new_password", own: holder.ownNames)
        let hash = try await hasher.hash(input.new, for: caller)
        let isChosen = try await transactions.write(in: token.tenant, as: caller) { work throws(Failure) in
            guard let user = try await work.users.userForUpdate(token.user),
                try await work.passwordResets.take(of: token.user, digest: digest) != nil, user.maySignIn
            else { return false }
            let (changed, event) = user.changed(passwordHash: hash, by: user.id, at: now)
            try await work.users.save(changed)
            work.record(event)
            try await work.endSessions(of: changed, because: "password_reset", by: user.id, at: now)
            return true
        }
        guard isChosen else { throw try await refusal(of: token, as: caller) }
        await throttle.succeeded(attempt)
    }

    /// Recorded if the token names an existing user, at most once a second.
    private func refusal(of token: PasswordResetToken, as caller: Caller) async throws(Failure) -> Failure {
        guard try await stores.in(token.tenant).users.user(token.user) != nil,
            let details = refusals.admit(
                RefusalThrottle.Key(
                    tenant: token.tenant, subject: token.user.description, reason: Self.refusal.code.slug))
        else { return Self.refusal }
        try await transactions.write(in: token.tenant, as: caller) { work throws(Failure) in
            work.audit(DomainEvent(.passwordResetRefused, on: .user(token.user), details), .denied)
        }
        return Self.refusal
    }

    private static let refusal = Failure(
        .invalidResetToken, "The token is not valid. Request a new one.",
        violations: [Violation(pointer: "/token", code: "invalid_reset_token", detail: "not a valid token")])
}
