public import TenonDomain

/// The use cases of users and their sessions, put together.
public struct IdentityUseCases: Sendable {
    public let registerTenant: RegisterTenant
    public let signIn: SignIn
    public let refreshSession: RefreshSession
    public let getCurrentUser: GetCurrentUser

    /// `plan` is what a new tenant gets.
    public init(
        transactions: any Transactions, directory: any Directory, authorizer: any Authorizer,
        passwords: PasswordPolicy, hasher: any PasswordHasher, sealer: any ValueSealer, signer: any TokenSigner,
        refreshTokens: any RefreshTokens, identifiers: Identifiers, randomness: any Randomness, clock: any WallClock,
        lifetimes: TokenLifetimes, plan: TenantPlan
    ) {
        let sessions = SessionStarter(
            signer: signer, refreshTokens: refreshTokens, identifiers: identifiers, lifetimes: lifetimes)
        registerTenant = RegisterTenant(
            transactions: transactions, passwords: passwords, hasher: hasher, sealer: sealer, sessions: sessions,
            identifiers: identifiers, randomness: randomness, clock: clock, plan: plan)
        signIn = SignIn(
            transactions: transactions, directory: directory, hasher: hasher, sessions: sessions, clock: clock)
        refreshSession = RefreshSession(
            transactions: transactions, refreshTokens: refreshTokens, sessions: sessions, clock: clock)
        getCurrentUser = GetCurrentUser(transactions: transactions, authorizer: authorizer)
    }
}
