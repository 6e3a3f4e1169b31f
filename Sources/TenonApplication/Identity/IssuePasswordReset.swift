public import TenonDomain
public import TenonKit

/// Gives the operator a token with which a user chooses a password: if nothing delivers tokens to users, or for users
/// who lost their mailbox.
public struct IssuePasswordReset: Sendable {
    public struct Input: Sendable {
        public let email: EmailAddress
        /// Optional if only one account has the address.
        public let tenant: TenantSlug?

        public init(email: EmailAddress, tenant: TenantSlug?) {
            self.email = email
            self.tenant = tenant
        }
    }

    public struct Output: Sendable {
        public let user: User
        /// Valid once.
        public let token: Secret
        public let expiresAt: Timestamp
    }

    private let transactions: Writes<any HasPasswordResets & RecordsEvents>
    private let accounts: FindAccounts
    private let resets: PasswordResets
    private let clock: any WallClock

    /// `lifetime` is the lifetime of a token.
    public init(_ ports: Ports, directory: any Directory, lifetime: Duration) {
        transactions = Writes(ports.transactions) { $0 }
        accounts = FindAccounts(stores: Reads(ports.transactions) { $0 }, directory: directory)
        resets = PasswordResets(
            sealer: ports.sealer, digests: ports.digests, randomness: ports.randomness, lifetime: lifetime)
        clock = ports.clock
    }

    /// Fails with `userNotFound`, `accountSuspended`, as `validationFailed` if several tenants have the address, and
    /// with `permissionDenied` unless the caller is the operator.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Output {
        try caller.requireOperator()
        let users = try await accounts.named(.email(input.email), at: input.tenant)
        guard let user = users.first else {
            throw Failure(.userNotFound, "No account has this e-mail address.")
        }
        guard users.count == 1 else {
            throw .invalid(
                "tenant_required", "At least \(users.count) tenants have an account with this e-mail address: name one."
            )
        }
        guard user.maySignIn else { throw Failure(.accountSuspended, "This account is suspended: resume it first.") }
        let (token, reset) = resets.make(for: user, at: clock.now())
        try await transactions.write(in: user.tenant, as: caller) { work throws(Failure) in
            try await work.passwordResets.put(reset)
            work.record(reset.issued(email: user.email))
        }
        return Output(user: user, token: token.text, expiresAt: reset.expiresAt)
    }
}
