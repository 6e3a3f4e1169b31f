public import TenonDomain

/// Creates a platform administrator. Only the operator's command line offers it.
public struct CreateAdministrator: Sendable {
    public struct Input: Sendable {
        public let email: EmailAddress
        public let fullName: DisplayName?
        public let password: Secret

        public init(email: EmailAddress, fullName: DisplayName?, password: Secret) {
            self.email = email
            self.fullName = fullName
            self.password = password
        }
    }

    private let transactions: Writes<any HasUsers & RecordsEvents>
    private let passwords: PasswordPolicy
    private let hasher: any PasswordHasher
    private let identifiers: Identifiers
    private let clock: any WallClock

    public init(
        transactions: any Transactions, passwords: PasswordPolicy, hasher: any PasswordHasher,
        identifiers: Identifiers, clock: any WallClock
    ) {
        self.transactions = Writes(transactions) { $0 }
        self.passwords = passwords
        self.hasher = hasher
        self.identifiers = identifiers
        self.clock = clock
    }

    /// Fails with `emailTaken`, and with `permissionDenied` unless the caller is a job of the platform itself.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> User {
        try caller.requireOperator()
        let own = User.ownNames(input.email, nil, PersonName(full: input.fullName))
        let passwordHash = try await hasher.hash(try passwords.check(input.password, own: own))
        let (user, registered) = User.register(
            id: identifiers.next(), tenant: .platform, email: input.email, name: PersonName(full: input.fullName),
            passwordHash: passwordHash, roles: [.platformAdministrator], at: clock.now())
        try await transactions.write(for: caller) { work throws(Failure) in
            try await work.users.add(user)
            work.record(registered)
        }
        return user
    }
}
