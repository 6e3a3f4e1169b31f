public import TenonDomain

/// Creates a user of the caller's tenant.
public struct CreateUser: Sendable {
    public static let permission = Permission.usersWrite

    public struct Input: Sendable {
        public let email: EmailAddress
        public let username: Username?
        public let name: PersonName
        /// Nil: the user chooses one, with the token of a password reset.
        public let password: Secret?
        public let roles: Set<Role>

        public init(
            email: EmailAddress, username: Username? = nil, name: PersonName = PersonName(), password: Secret? = nil,
            roles: Set<Role> = [.member]
        ) {
            self.email = email
            self.username = username
            self.name = name
            self.password = password
            self.roles = roles
        }
    }

    let stores: Reads<any HasAccess>
    let transactions: Writes<any HasUsers & HasAccess & HasPolicies & HasPasswordResets & RecordsEvents>
    let authorizer: any Authorizer
    let passwords: PasswordPolicy
    let hasher: any PasswordHasher
    let resets: PasswordResets
    let identifiers: Identifiers
    let clock: any WallClock

    /// Fails with `emailTaken`, `usernameTaken`, with the password policy's violations, like `RoleGrants`, or with
    /// `permissionDenied` if a program sets a password.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> User {
        let tenant = try caller.requireTenant()
        try authorizer.require(Self.permission, on: TenantScope(tenant), as: caller)
        try User.check(input.username, of: input.email)
        var hash: PasswordHash?
        if let password = input.password {
            // The password would outlive the program's key.
            _ = try caller.requireUser()
            // Hashing is expensive: it is not done for requests that are refused below.
            try await RoleGrants(authorizer: authorizer).requireReach(
                over: input.roles, of: nil, as: caller, stores.for(caller))
            let own = User.ownNames(input.email, input.username, input.name)
            hash = try await hasher.hash(try passwords.check(password, own: own), for: caller)
        }
        let now = clock.now()
        let (user, registered) = User.register(
            id: identifiers.next(), tenant: tenant, email: input.email, username: input.username, name: input.name,
            passwordHash: hash, roles: input.roles, at: now)
        let reset = hash == nil ? try await resets.prepare(for: user, at: now) : nil
        try await transactions.write(for: caller) { work throws(Failure) in
            try await RoleGrants(authorizer: authorizer).check(user.roles, of: nil, in: tenant, as: caller, work)
            try await work.users.add(user)
            work.record(registered)
            if let reset { try await reset.store(in: work) }
        }
        return user
    }
}
