internal import TenonDomain
internal import TenonKit

/// Records refused sign-ins: at the tenants where the name has an account, or at the platform.
struct SignInRefusals: Sendable {
    private let transactions: Writes<any RecordsEvents>
    private let accounts: FindAccounts
    private let refusals: RefusalThrottle
    private let deferred = DeferredWork(limit: 1000)

    init(transactions: any Transactions, accounts: FindAccounts, clock: any WallClock) {
        self.transactions = Writes(transactions) { $0 }
        self.accounts = accounts
        refusals = RefusalThrottle(clock: clock)
    }

    /// A refusal for an unknown name is recorded at the platform: it takes the same time, and operators see the
    /// guessing.
    func record(_ candidates: [User], because reason: String, as caller: Caller) async throws(Failure) {
        if candidates.isEmpty {
            try await write(DomainEvent(.signInRefused, on: .tenant(.platform)), in: .platform, as: caller)
        }
        for user in candidates {
            let event = DomainEvent(.signInRefused, on: .user(user.id), ["reason": .string(reason)])
            try await write(event, in: user.tenant, as: caller)
        }
    }

    /// Records a delayed attempt. The account is looked up after the response, so that its time does not reveal whether
    /// it exists. At most one record a second is written for each name, and one for all names without an account.
    func recordHeldUp(_ login: LoginName, at tenant: TenantSlug?, as caller: Caller) {
        // Before any lookup: otherwise repeated attempts could displace other records from the queue.
        guard let details = heldUp(login.throttled(in: tenant)) else { return }
        let anybody = Caller(caller.principal, from: caller.origin)
        _ = deferred.add { [details] () async throws(Failure) in
            let candidates = try await accounts.named(login, at: tenant)
            if candidates.isEmpty, heldUp("") != nil {
                try await write(
                    DomainEvent(.signInRefused, on: .tenant(.platform), details), in: .platform, as: anybody)
            }
            for user in candidates {
                try await write(DomainEvent(.signInRefused, on: .user(user.id), details), in: user.tenant, as: anybody)
            }
        }
    }

    /// The details of a record on the name, or on unknown names; nil if there was one within the second.
    private func heldUp(_ name: String) -> [String: JSONValue]? {
        refusals.admit(FailureCode.tooManyAttempts.slug, of: name, in: .platform)
    }

    private func write(_ event: DomainEvent, in tenant: TenantID, as caller: Caller) async throws(Failure) {
        try await transactions.write(in: tenant, as: caller) { work throws(Failure) in work.audit(event, .denied) }
    }
}
