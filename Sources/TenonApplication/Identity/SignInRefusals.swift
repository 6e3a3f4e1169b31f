internal import TenonDomain

/// Writes down who was refused a session: at the tenants where the name has an account, or at the platform.
struct SignInRefusals: Sendable {
    private let transactions: any Transactions
    private let accounts: Accounts
    private let refusals: RefusalThrottle
    private let behind = DeferredWork(limit: 1000)

    init(transactions: any Transactions, accounts: Accounts, clock: any WallClock) {
        self.transactions = transactions
        self.accounts = accounts
        refusals = RefusalThrottle(clock: clock)
    }

    /// Of a name that nobody has at the platform: it takes the same time, and tells operators that somebody is guessing.
    func record(_ candidates: [User], because reason: String, as caller: Caller) async throws(Failure) {
        if candidates.isEmpty {
            try await write(DomainEvent(.signInRefused, on: .tenant(.platform)), in: .platform, as: caller)
        }
        for user in candidates {
            let event = DomainEvent(.signInRefused, on: .user(user.id), ["reason": .string(reason)])
            try await write(event, in: user.tenant, as: caller)
        }
    }

    /// Who tried too often is looked for behind the answer, so that its time does not tell whether there is an account.
    /// Each account's are written once a second at most, and so are all of those without one.
    func recordHeldUp(_ login: LoginName, at tenant: TenantSlug?, as caller: Caller) {
        let anybody = Caller(caller.principal, from: caller.origin)
        _ = behind.add { () async throws(Failure) in
            let candidates = try await accounts.named(login, at: tenant)
            if candidates.isEmpty { try await writeHeldUp(.tenant(.platform), in: .platform, as: anybody) }
            for user in candidates { try await writeHeldUp(.user(user.id), in: user.tenant, as: anybody) }
        }
    }

    private func writeHeldUp(
        _ resource: ResourceReference, in tenant: TenantID, as caller: Caller
    ) async throws(Failure) {
        let reason = FailureCode.tooManyAttempts.slug
        guard var details = refusals.admit(RefusalThrottle.Key(tenant: tenant, subject: resource.id, reason: reason))
        else {
            return
        }
        details["reason"] = .string(reason)
        try await write(DomainEvent(.signInRefused, on: resource, details), in: tenant, as: caller)
    }

    private func write(_ event: DomainEvent, in tenant: TenantID, as caller: Caller) async throws(Failure) {
        try await transactions.write(in: tenant, as: caller) { work throws(Failure) in work.audit(event, .denied) }
    }
}
