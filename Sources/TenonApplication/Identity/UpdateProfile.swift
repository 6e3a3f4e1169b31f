public import TenonDomain
public import TenonKit

/// Changes the caller's profile. A new e-mail address requires the password, because the owner of the address can
/// choose the next password.
public struct UpdateProfile: Sendable {
    public struct Input: Sendable {
        public let email: EmailAddress?
        public let username: PatchMember<Username>
        public let name: PersonName.Patch
        public let currentPassword: Secret?
        public let precondition: Precondition

        public init(
            email: EmailAddress?, username: PatchMember<Username>, name: PersonName.Patch,
            currentPassword: Secret? = nil, if precondition: Precondition = .none
        ) {
            self.email = email
            self.username = username
            self.name = name
            self.currentPassword = currentPassword
            self.precondition = precondition
        }
    }

    let stores: Reads<any HasUsers>
    let transactions: Writes<any HasUsers & HasPasswordResets & RecordsEvents>
    let proof: PasswordProof
    let clock: any WallClock

    /// Fails with `emailTaken`, `usernameTaken`, `preconditionFailed`, and for a new e-mail address with
    /// `wrongPassword`, `tooManyAttempts` or a violation at `/current_password`; at `/email` if the user has no
    /// password.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> User {
        while true {
            let proven = try await proveForEmail(input, as: caller)
            if let user = try await change(input, proven, as: caller) { return user }
        }
    }

    /// Nil if the checked data changed meanwhile: check it again.
    private func change(_ input: Input, _ proven: User?, as caller: Caller) async throws(Failure) -> User? {
        let now = clock.now()
        return try await transactions.write(for: caller) { work throws(Failure) in
            let user = try await work.users.userForUpdate(of: caller)
            try input.precondition.check(user.version)
            if let proven, (proven.email, proven.passwordHash) != (user.email, user.passwordHash) { return nil }
            let patch = UserPatch(email: input.email, username: input.username, name: input.name)
            guard let (changed, event) = user.changed(by: patch, at: now) else { return user }
            try changed.checkUsername(after: user)
            try await work.users.save(changed)
            // A token sent to the previous address is no longer valid.
            if changed.email != user.email { try await work.passwordResets.removeAll(of: user.id) }
            work.record(event)
            return changed
        }
    }

    /// The user whose password was checked; nil if no e-mail address is given.
    private func proveForEmail(_ input: Input, as caller: Caller) async throws(Failure) -> User? {
        guard let email = input.email else { return nil }
        let user = try await stores.for(caller).users.user(of: caller)
        guard email != user.email else { return user }
        guard user.passwordHash != nil else {
            throw .invalid(
                "password_required", "requires a password: choose one first", at: "/email")
        }
        guard let password = input.currentPassword else {
            throw .invalid("missing", "required to change the e-mail address", at: "/current_password")
        }
        _ = try await proof.execute([password], of: user, for: .userChanged, at: "/current_password", as: caller)
        return user
    }
}
