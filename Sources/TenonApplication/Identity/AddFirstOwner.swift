public import TenonDomain

/// Creates the account of a new tenant's first owner. It has no password: the owner receives a token to choose one.
public struct AddFirstOwner: Sendable {
    private let tenants: Reads<any HasTenants>
    private let registry: Writes<any HasTenants>
    private let transactions: Writes<any HasUsers & HasPasswordResets & RecordsEvents>
    private let identifiers: Identifiers
    private let clock: any WallClock
    private let resets: PasswordResets

    /// `registry` opens transactions in the database that stores the tenants.
    public init(_ ports: Ports, registry: any Transactions, lifetimes: TokenLifetimes = TokenLifetimes()) {
        tenants = Reads(registry) { $0 }
        self.registry = Writes(registry) { $0 }
        transactions = Writes(ports.transactions) { $0 }
        identifiers = ports.identifiers
        clock = ports.clock
        resets = PasswordResets(
            sealer: ports.sealer, digests: ports.digests, randomness: ports.randomness,
            lifetime: lifetimes.passwordReset)
    }

    /// Call it when the tenant's database has been created. Can be repeated after an interruption anywhere.
    public func execute(_ id: TenantID) async throws(Failure) {
        guard let tenant = try await tenants.in(id).tenants.tenant(id), let owner = tenant.firstOwner else {
            return
        }
        let job = Caller(
            .system(job: "tenant-provisioning", tenant: id), from: Origin(requestID: "tenant-provisioning"))
        let user = try await transactions.write(in: id, as: job) { work throws(Failure) in
            if let user = try await work.users.user(.email(owner.email)) { return user }
            return try await add(owner, to: id, in: work)
        }
        try await invite(user, as: job)
        try await registry.write(in: id, as: job) { work throws(Failure) in
            guard let tenant = try await work.tenants.tenantForUpdate(id), tenant.firstOwner != nil else { return }
            try await work.tenants.save(tenant.seeded())
        }
    }

    func add(_ owner: FirstOwner, to tenant: TenantID, in work: any HasUsers & RecordsEvents) async throws(Failure)
        -> User
    {
        let (user, registered) = User.register(
            id: identifiers.next(), tenant: tenant, email: owner.email, name: PersonName(full: owner.name),
            passwordHash: nil, roles: [.owner], at: clock.now())
        try await work.users.add(user)
        work.record(registered)
        return user
    }

    /// Requires the committed data key of the tenant, which seals the token.
    func invite(_ user: User, as caller: Caller) async throws(Failure) {
        let reset = try await resets.prepare(for: user, at: clock.now())
        try await transactions.write(in: user.tenant, as: caller) { work throws(Failure) in
            try await reset.store(in: work)
        }
    }
}

extension AddFirstOwner: TenantSeed {
    public func seed(_ tenant: TenantID) async throws(Failure) {
        try await execute(tenant)
    }
}
