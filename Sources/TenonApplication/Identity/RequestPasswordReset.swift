public import TenonDomain
internal import TenonKit

/// Sends a token to choose a new password to a user who has forgotten it. Does not reveal whether the account exists.
public struct RequestPasswordReset: Sendable {
    public struct Input: Sendable {
        public let login: LoginName
        /// Without it every account with the name receives a token, at most `SignIn.maxAccounts`.
        public let tenant: TenantSlug?

        public init(login: LoginName, tenant: TenantSlug?) {
            self.login = login
            self.tenant = tenant
        }
    }

    let transactions: Writes<any HasPasswordResets & RecordsEvents>
    let accounts: FindAccounts
    let resets: PasswordResets
    let throttle: SignInThrottle
    let clock: any WallClock
    private let deferred = DeferredWork(limit: 1000)

    /// Returns before it looks for the account: neither the response nor its time reveals whether it exists. Fails with
    /// `tooManyAttempts`. The event `identity.password_reset_requested` carries the token.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        let account = "reset/\(input.login.throttled(in: input.tenant))"
        throttle.end(try await throttle.begin(account: account, as: caller))
        let now = clock.now()
        // Not in the caller's own transaction, which ends with the response.
        let anybody = Caller(caller.principal, from: caller.origin)
        let isTaken = deferred.add { () async throws(Failure) in try await send(input, at: now, as: anybody) }
        guard isTaken else {
            throw Failure(
                .tooManyAttempts, "Too many password resets are waiting. Try again after `Retry-After`.",
                retryAfter: .seconds(5))
        }
    }

    private func send(_ input: Input, at now: Timestamp, as caller: Caller) async throws(Failure) {
        let users = try await accounts.named(input.login, at: input.tenant).filter(\.maySignIn)
        for user in users {
            let reset = try await resets.prepare(for: user, at: now)
            try await transactions.write(in: user.tenant, as: caller) { work throws(Failure) in
                try await reset.store(in: work)
            }
        }
        guard users.isEmpty else { return }
        // Shows operators that someone is probing for accounts.
        try await transactions.write(in: .platform, as: caller) { work throws(Failure) in
            work.audit(DomainEvent(.passwordResetRequested, on: .tenant(.platform)), .denied)
        }
    }
}
