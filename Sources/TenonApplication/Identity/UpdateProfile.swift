public import TenonDomain

/// Changes what the caller says of itself.
public struct UpdateProfile: Sendable {
    public struct Input: Sendable {
        public let email: EmailAddress?
        public let username: PatchMember<Username>
        public let name: PersonName.Patch
        public let precondition: Precondition

        public init(
            email: EmailAddress?, username: PatchMember<Username>, name: PersonName.Patch,
            if precondition: Precondition = .none
        ) {
            self.email = email
            self.username = username
            self.name = name
            self.precondition = precondition
        }
    }

    private let transactions: any Transactions
    private let clock: any WallClock

    public init(transactions: any Transactions, clock: any WallClock) {
        self.transactions = transactions
        self.clock = clock
    }

    /// Fails with `emailTaken`, `usernameTaken` or `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> User {
        let id = try caller.requireUser().id
        let now = clock.now()
        return try await transactions.write(for: caller) { work throws(Failure) in
            guard let user = try await work.users.user(id) else { throw Failure(.notAuthenticated, "Sign in again.") }
            try input.precondition.check(user.version)
            let patch = UserPatch(email: input.email, username: input.username, name: input.name)
            guard let (changed, event) = user.changed(by: patch, at: now) else { return user }
            try await work.users.save(changed)
            // A token that went to the address before is good no longer.
            if changed.email != user.email { try await work.passwordResets.removeAll(of: user.id) }
            work.record(event)
            return changed
        }
    }
}
