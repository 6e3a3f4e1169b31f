public import TenonDomain

/// A new password for who knows the current one. The other sessions of the user end.
public struct ChangePassword: Sendable {
    public struct Input: Sendable {
        public let current: Secret
        public let new: Secret

        public init(current: Secret, new: Secret) {
            self.current = current
            self.new = new
        }
    }

    private let transactions: any Transactions
    private let passwords: PasswordPolicy
    private let hasher: any PasswordHasher
    private let throttle: SignInThrottle
    private let clock: any WallClock

    init(
        transactions: any Transactions, passwords: PasswordPolicy, hasher: any PasswordHasher,
        throttle: SignInThrottle, clock: any WallClock
    ) {
        self.transactions = transactions
        self.passwords = passwords
        self.hasher = hasher
        self.throttle = throttle
        self.clock = clock
    }

    /// Fails with `wrongPassword`, `tooManyAttempts`, as the policy says at `/new_password`, or as the hasher does.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        let signedIn = try caller.requireUser()
        guard let user = try await transactions.reads(for: caller).users.user(signedIn.id) else {
            throw Failure(.notAuthenticated, "Sign in again.")
        }
        _ = try passwords.check(input.new, at: "/new_password")
        let attempt = try await throttle.begin(account: "change/\(user.id)", from: caller.origin)
        guard try await hasher.verify(input.current, against: user.passwordHash) != .wrong else {
            try await transactions.write(for: caller) { work throws(Failure) in
                work.audit(DomainEvent(.passwordChanged, on: .user(user.id)), .denied)
            }
            throw Failure(
                .wrongPassword, "The current password is wrong.",
                violations: [
                    Violation(
                        pointer: "/old_password", code: "wrong_password", detail: "This is not the current password.")
                ])
        }
        await throttle.succeeded(attempt)
        let hash = try await hasher.hash(input.new)
        let now = clock.now()
        try await transactions.write(for: caller) { work throws(Failure) in
            // A password that was changed meanwhile is not the one that was proven.
            guard let stored = try await work.users.user(user.id), stored.passwordHash == user.passwordHash else {
                throw Failure(.tooMuchContention, "The password was changed meanwhile.")
            }
            let (changed, event) = stored.changed(passwordHash: hash, at: now)
            try await work.users.save(changed)
            work.record(event)
            try await work.passwordResets.removeAll(of: user.id)
            try await work.endSessions(
                of: user.id, but: signedIn.session, because: "password_changed", at: now)
        }
    }
}
