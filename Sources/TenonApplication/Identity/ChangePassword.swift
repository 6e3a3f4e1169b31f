public import TenonDomain

/// Changes the password of a user who knows the current one, and ends the user's other sessions. A repeat after a lost
/// response finds the new password already set: it succeeds and changes nothing.
public struct ChangePassword: Sendable {
    public struct Input: Sendable {
        public let current: Secret
        public let new: Secret

        public init(current: Secret, new: Secret) {
            self.current = current
            self.new = new
        }
    }

    let stores: Reads<any HasUsers>
    let transactions: Writes<any HasUsers & HasSessions & HasPasswordResets & RecordsEvents>
    let passwords: PasswordPolicy
    let hasher: any PasswordHasher
    let proof: PasswordProof
    let clock: any WallClock

    /// Fails with `wrongPassword`, `tooManyAttempts`, with the policy's violations at `/new_password`, or like the
    /// hasher.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        // A concurrent change of the password invalidates the check: then it is checked again.
        while try await !attempt(input, as: caller) {}
    }

    /// False if the password was changed after the check.
    private func attempt(_ input: Input, as caller: Caller) async throws(Failure) -> Bool {
        let signedIn = try caller.requireUser()
        let user = try await stores.for(caller).users.user(of: caller)
        _ = try passwords.check(input.new, at: "/new_password", own: user.ownNames)
        let known = try await proof.execute(
            [input.current, input.new], of: user, for: .passwordChanged, at: "/old_password", as: caller)
        guard known == 0 else { return true }
        let hash = try await hasher.hash(input.new, for: caller)
        let now = clock.now()
        return try await transactions.write(for: caller) { work throws(Failure) in
            let stored = try await work.users.userForUpdate(of: caller)
            guard stored.passwordHash == user.passwordHash else { return false }
            let (changed, event) = stored.changed(passwordHash: hash, at: now)
            try await work.users.save(changed)
            work.record(event)
            try await work.passwordResets.removeAll(of: user.id)
            try await work.endSessions(
                of: changed, but: signedIn.session, because: "password_changed", at: now)
            return true
        }
    }
}
