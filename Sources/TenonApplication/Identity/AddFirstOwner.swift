public import TenonDomain

/// Makes the account of whom a tenant was made for. It has no password: its owner sets one.
public struct AddFirstOwner: Sendable {
    /// Tells the owner how, in the transaction that makes the account.
    public typealias Invitation = @Sendable (User, any UnitOfWork) async throws(Failure) -> Void

    private let registry: any Transactions
    private let transactions: any Transactions
    private let identifiers: Identifiers
    private let clock: any WallClock
    private let invite: Invitation

    /// `registry` opens the transactions in which tenants are kept, `transactions` those of their rows.
    public init(
        registry: any Transactions, transactions: any Transactions, identifiers: Identifiers, clock: any WallClock,
        invite: @escaping Invitation = { _, _ in }
    ) {
        self.registry = registry
        self.transactions = transactions
        self.identifiers = identifiers
        self.clock = clock
        self.invite = invite
    }

    /// For a tenant whose place for users has just been made. Can run again after it was cut off anywhere.
    public func execute(_ id: TenantID) async throws(Failure) {
        guard let tenant = try await registry.reads(in: id).tenants.tenant(id), let owner = tenant.firstOwner else {
            return
        }
        let job = Caller(
            .system(job: "tenant-provisioning", tenant: id), from: Origin(requestID: "tenant-provisioning"))
        try await transactions.write(in: id, as: job) { work throws(Failure) in
            guard try await work.users.user(.email(owner.email)) == nil else { return }
            try await add(owner, to: id, in: work)
        }
        try await registry.write(in: id, as: job) { work throws(Failure) in
            guard let tenant = try await work.tenants.tenantForUpdate(id), tenant.firstOwner != nil else { return }
            try await work.tenants.save(tenant.seeded())
        }
    }

    func add(_ owner: FirstOwner, to tenant: TenantID, in work: any UnitOfWork) async throws(Failure) {
        let (user, registered) = User.register(
            id: identifiers.next(), tenant: tenant, email: owner.email, name: PersonName(full: owner.name),
            passwordHash: nil, roles: [.owner], at: clock.now())
        try await work.users.add(user)
        work.record(registered)
        try await invite(user, work)
    }
}
