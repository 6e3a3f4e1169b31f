public import TenonDomain

/// The use cases of users and their sessions, put together.
public struct IdentityUseCases: Sendable {
    public let registerTenant: RegisterTenant
    public let signIn: SignIn
    public let refreshSession: RefreshSession
    public let getCurrentUser: GetCurrentUser
    public let getProfile: GetProfile
    public let listSessions: ListSessions
    public let getSession: GetSession
    public let endSession: EndSession
    public let endOwnSessions: EndOwnSessions
    public let endUserSessions: EndUserSessions
    public let createUser: CreateUser
    public let getUser: GetUser
    public let listUsers: ListUsers
    public let updateUser: UpdateUser
    public let deleteUser: DeleteUser
    public let updateProfile: UpdateProfile
    public let changePassword: ChangePassword
    public let requestPasswordReset: RequestPasswordReset
    public let resetPassword: ResetPassword

    /// `plan` is what a new tenant gets; `freeAttempts` how often a password is tried on one account from one address
    /// before that costs a wait; `isRegistrationOpen` whether anybody makes a tenant of their own.
    public init(
        _ ports: Ports, directory: any Directory, attempts: any SignInAttempts, passwords: PasswordPolicy,
        hasher: any PasswordHasher, refreshTokens: any RefreshTokens, sessions: SessionStarter,
        tenants: TenantAccessCache, plan: TenantPlan, freeAttempts: Int = 5, isRegistrationOpen: Bool = true
    ) {
        let (transactions, authorizer, sealer) = (ports.transactions, ports.authorizer, ports.sealer)
        let (digests, identifiers, randomness) = (ports.digests, ports.identifiers, ports.randomness)
        let clock = ports.clock
        let accounts = Accounts(transactions: transactions, directory: directory)
        let throttle = SignInThrottle(attempts: attempts, digests: digests, clock: clock, free: freeAttempts)
        let resets = PasswordResets(
            sealer: sealer, digests: digests, randomness: randomness, lifetime: sessions.lifetimes.passwordReset)
        registerTenant = RegisterTenant(
            transactions: transactions, directory: directory, passwords: passwords, hasher: hasher, throttle: throttle,
            sealer: sealer, sessions: sessions, identifiers: identifiers, randomness: randomness, clock: clock,
            plan: plan, isOpen: isRegistrationOpen)
        signIn = SignIn(
            transactions: transactions, accounts: accounts, throttle: throttle, hasher: hasher, sessions: sessions,
            clock: clock)
        refreshSession = RefreshSession(
            transactions: transactions, refreshTokens: refreshTokens, sessions: sessions, tenants: tenants,
            clock: clock)
        getCurrentUser = GetCurrentUser(transactions: transactions, authorizer: authorizer)
        getProfile = GetProfile(transactions: transactions)
        endUserSessions = EndUserSessions(transactions: transactions, authorizer: authorizer, clock: clock)
        let proof = PasswordProof(
            transactions: transactions, hasher: hasher, throttle: throttle, refusals: RefusalThrottle(clock: clock))
        listSessions = ListSessions(transactions: transactions, clock: clock)
        getSession = GetSession(transactions: transactions, clock: clock)
        endSession = EndSession(transactions: transactions, clock: clock)
        endOwnSessions = EndOwnSessions(transactions: transactions, clock: clock)
        createUser = CreateUser(
            transactions: transactions, authorizer: authorizer, passwords: passwords, hasher: hasher, resets: resets,
            identifiers: identifiers, clock: clock)
        getUser = GetUser(transactions: transactions, authorizer: authorizer)
        listUsers = ListUsers(transactions: transactions, authorizer: authorizer)
        updateUser = UpdateUser(transactions: transactions, authorizer: authorizer, clock: clock)
        deleteUser = DeleteUser(transactions: transactions, authorizer: authorizer)
        updateProfile = UpdateProfile(transactions: transactions, proof: proof, clock: clock)
        changePassword = ChangePassword(
            transactions: transactions, passwords: passwords, hasher: hasher, proof: proof, clock: clock)
        requestPasswordReset = RequestPasswordReset(
            transactions: transactions, accounts: accounts, resets: resets, throttle: throttle, clock: clock)
        resetPassword = ResetPassword(
            transactions: transactions, passwords: passwords, hasher: hasher, resets: resets, throttle: throttle,
            clock: clock)
    }
}
