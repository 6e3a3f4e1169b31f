public import TenonDomain

/// A new password for who knows the current one. The other sessions of the user end. Whoever repeats it, since the answer
/// was lost, knows the new one by then: that is no mistake, and changes nothing.
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
    private let proof: PasswordProof
    private let clock: any WallClock

    init(
        transactions: any Transactions, passwords: PasswordPolicy, hasher: any PasswordHasher,
        proof: PasswordProof, clock: any WallClock
    ) {
        self.transactions = transactions
        self.passwords = passwords
        self.hasher = hasher
        self.proof = proof
        self.clock = clock
    }

    /// Fails with `wrongPassword`, `tooManyAttempts`, as the policy says at `/new_password`, or as the hasher does.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        let signedIn = try caller.requireUser()
        let user = try await transactions.reads(for: caller).users.user(of: caller)
        _ = try passwords.check(input.new, at: "/new_password", own: user.ownNames)
        let known = try await proof.execute(
            [input.current, input.new], of: user, for: .passwordChanged, at: "/old_password", as: caller)
        guard known == 0 else { return }
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
                of: changed, but: signedIn.session, because: "password_changed", at: now)
        }
    }
}
