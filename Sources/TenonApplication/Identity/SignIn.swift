public import TenonDomain
internal import TenonKit

/// Exchanges a name and a password for a session.
public struct SignIn: Sendable {
    public struct Input: Sendable {
        public let login: LoginName
        public let password: Secret
        /// Without it the password is tried on at most `maxAccounts` accounts.
        public let tenant: TenantSlug?

        public init(login: LoginName, password: Secret, tenant: TenantSlug?) {
            self.login = login
            self.password = password
            self.tenant = tenant
        }
    }

    /// A name can exist at several tenants; each try costs a hash.
    public static let maxAccounts = 5

    private let stores: Reads<any HasTenants>
    private let transactions: Writes<any HasUsers & HasSessions & RecordsEvents>
    private let accounts: FindAccounts
    private let throttle: SignInThrottle
    private let hasher: any PasswordHasher
    private let sessions: SessionStarter
    private let clock: any WallClock
    private let refusals: SignInRefusals

    init(
        transactions: any Transactions, accounts: FindAccounts, throttle: SignInThrottle, hasher: any PasswordHasher,
        sessions: SessionStarter, clock: any WallClock
    ) {
        stores = Reads(transactions) { $0 }
        self.transactions = Writes(transactions) { $0 }
        self.accounts = accounts
        self.throttle = throttle
        self.hasher = hasher
        self.sessions = sessions
        self.clock = clock
        refusals = SignInRefusals(transactions: transactions, accounts: accounts, clock: clock)
    }

    /// Fails with `invalidCredentials`, `tenantRequired` (its member `tenants` lists the slugs where the password is
    /// valid), `tooManyAttempts`, `accountSuspended`, `tenantSuspended`, or like the hasher.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> TokenPair {
        let attempt = try await begin(input, as: caller)
        defer { throttle.end(attempt) }
        let candidates = try await accounts.named(input.login, at: input.tenant)
        let (matches, outdated) = try await matching(input.password, among: candidates, as: caller)
        guard let user = matches.first else {
            try await refusals.record(candidates, because: "wrong_password", as: caller)
            throw Self.refusal
        }
        // Attempts are deleted only if the password is valid for every account with the name: otherwise the owner of
        // one account could reset the count of wrong attempts on another.
        await throttle.succeeded(attempt, isForgotten: matches.count == candidates.count)
        do throws(Failure) {
            guard matches.count == 1 else { throw try await ambiguous(matches) }
            try await requireActive(user)
        } catch {
            try await refusals.record(matches, because: error.code.slug, as: caller)
            throw error
        }

        let now = clock.now()
        let upgraded = outdated ? try await hasher.hash(input.password, for: caller) : nil
        let (session, begun) = sessions.begin(for: user, from: caller.origin, at: now)
        let current = try await transactions.write(in: user.tenant, as: caller) { work throws(Failure) in
            // No session for a password that was changed during the check.
            guard let stored = try await work.users.userForUpdate(user.id), stored.passwordHash == user.passwordHash,
                stored.maySignIn
            else { throw Self.refusal }
            try await work.begin(session)
            if let upgraded {
                try await work.users.upgradeHash(of: user.id, to: upgraded)
            }
            work.record(begun)
            return stored
        }
        return try sessions.tokens(for: session, of: current, at: now)
    }

    private func begin(_ input: Input, as caller: Caller) async throws(Failure) -> SignInThrottle.Attempt {
        do throws(Failure) {
            return try await throttle.begin(account: input.login.throttled(in: input.tenant), as: caller)
        } catch {
            if error.code == .tooManyAttempts { refusals.recordHeldUp(input.login, at: input.tenant, as: caller) }
            throw error
        }
    }

    /// The accounts whose password matches, and whether the hash should be upgraded. Without candidates one hash is
    /// computed anyway, so that the time reveals nothing.
    private func matching(
        _ password: Secret, among candidates: [User], as caller: Caller
    ) async throws(Failure) -> (matches: [User], outdated: Bool) {
        guard !candidates.isEmpty else {
            _ = try await hasher.verify(password, against: nil, for: caller)
            return ([], false)
        }
        var matches: [User] = []
        var outdated = false
        for user in candidates {
            switch try await hasher.verify(password, against: user.passwordHash, for: caller) {
            case .wrong: continue
            case .right: matches.append(user)
            case .rightButOutdated:
                matches.append(user)
                outdated = true
            }
        }
        return (matches, outdated)
    }

    private static let refusal = Failure(.invalidCredentials, "The name or the password is wrong.")

    private func ambiguous(_ users: [User]) async throws(Failure) -> Failure {
        var slugs: [JSONValue] = []
        for user in users {
            if let tenant = try await stores.in(user.tenant).tenants.tenant(user.tenant) {
                slugs.append(.string(tenant.slug.text))
            }
        }
        return Failure(
            .tenantRequired, "This account exists at several tenants: add \"tenant\" with one of the slugs.",
            members: ["tenants": .array(slugs)])
    }

    private func requireActive(_ user: User) async throws(Failure) {
        guard user.maySignIn else {
            throw Failure(.accountSuspended, "This account is suspended; an administrator can resume it.")
        }
        guard user.tenant != .platform else { return }
        guard let tenant = try await stores.in(user.tenant).tenants.tenant(user.tenant) else {
            throw Failure(.tenantDeleting, "This tenant was deleted.")
        }
        try tenant.status.requireActive()
    }
}
