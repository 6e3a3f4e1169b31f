public import TenonDomain
internal import TenonKit

/// Creates a tenant, its owner, and the owner's first session.
public struct RegisterTenant: Sendable {
    public struct Input: Sendable {
        /// The tenant's name, from which its slug is derived. If it is nil, or cannot be written in a-z, the slug comes
        /// from the e-mail's local part and a random suffix.
        public let organization: DisplayName?
        public let email: EmailAddress
        public let username: Username?
        public let name: PersonName
        public let password: Secret

        public init(
            organization: DisplayName?, email: EmailAddress, username: Username? = nil,
            name: PersonName = PersonName(), password: Secret
        ) {
            self.organization = organization
            self.email = email
            self.username = username
            self.name = name
            self.password = password
        }
    }

    public struct Output: Sendable {
        public let tenant: Tenant
        public let user: User
        public let tokens: TokenPair
    }

    let transactions: Writes<any HasTenants & HasUsers & HasSessions & HasDataKeys & RecordsEvents>
    let directory: any Directory
    let passwords: PasswordPolicy
    let hasher: any PasswordHasher
    let throttle: SignInThrottle
    let sealer: any ValueSealer
    let sessions: SessionStarter
    let identifiers: Identifiers
    let randomness: any Randomness
    let clock: any WallClock
    let plan: TenantPlan
    let isOpen: Bool

    /// Fails with `registrationClosed`, `tooManyAttempts`, `slugTaken`, `accountExists` if no organization is named,
    /// with the password policy's violations, or like the hasher.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Output {
        guard isOpen else {
            throw Failure(.registrationClosed, "Registration is closed. Ask the operator of this service for a tenant.")
        }
        try User.check(input.username, of: input.email)
        let now = clock.now()
        let (name, slug) = try nameAndSlug(of: input)
        let own = User.ownNames(input.email, input.username, input.name) + [name.text, slug.text]
        let password = try passwords.check(input.password, own: own)
        try await throttle.beginRegistration(from: caller.origin)
        // Hashing is expensive: it is not done for requests that must fail.
        guard try await directory.tenant(slug) == nil else {
            throw Failure(.slugTaken, "The slug \(slug.text) is taken. Choose another name.")
        }
        let passwordHash = try await hasher.hash(password, for: caller)
        let (tenant, registered) = Tenant.register(
            id: identifiers.next(), slug: slug, name: name, plan: plan, at: now)
        let (user, added) = User.register(
            id: identifiers.next(), tenant: tenant.id, email: input.email, username: input.username,
            name: input.name, passwordHash: passwordHash, roles: [.owner], isPersonal: input.organization == nil,
            at: now)
        let dataKey = try sealer.firstKey(for: tenant.id)
        let (session, begun) = sessions.begin(for: user, from: caller.origin, at: now)

        try await transactions.write(in: tenant.id, as: caller) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.users.add(user)
            try await work.dataKeys.addIfAbsent(dataKey)
            try await work.begin(session)
            work.record(registered)
            work.record(added)
            work.record(begun)
        }
        return Output(tenant: tenant, user: user, tokens: try sessions.tokens(for: session, of: user, at: now))
    }

    private func nameAndSlug(of input: Input) throws(Failure) -> (DisplayName, TenantSlug) {
        if let name = input.organization, let slug = TenantSlug(nearestTo: name.text) { return (name, slug) }
        let tail = randomness.bytes(4).map { String($0 & 15, radix: 16) + String($0 >> 4, radix: 16) }.joined()
        let stem = TenantSlug(nearestTo: String(input.email.localPart.prefix(48)))?.text ?? "tenant"
        do {
            let name = if let given = input.organization { given } else { try DisplayName(stem) }
            return (name, try TenantSlug("\(stem)-\(tail)"))
        } catch {
            throw .bug("A slug from an e-mail address is invalid: \(error.code)")
        }
    }
}
