public import TenonDomain

/// The use cases of users and their sessions.
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

    /// `plan` is a new tenant's plan; `freeAttempts` is the number of password attempts on one account from one address
    /// before delays; `isRegistrationOpen` tells whether anyone can create a tenant.
    public init(
        _ ports: Ports, directory: any Directory, attempts: any SignInAttempts, passwords: PasswordPolicy,
        hasher: any PasswordHasher, refreshTokens: any RefreshTokens, sessions: SessionStarter,
        tenants: TenantAccessCache, plan: TenantPlan, freeAttempts: Int = 5, isRegistrationOpen: Bool = true
    ) {
        let (transactions, authorizer, sealer) = (ports.transactions, ports.authorizer, ports.sealer)
        let (digests, identifiers, randomness) = (ports.digests, ports.identifiers, ports.randomness)
        let clock = ports.clock
        let accounts = FindAccounts(stores: Reads(transactions) { $0 }, directory: directory)
        let throttle = SignInThrottle(attempts: attempts, digests: digests, clock: clock, free: freeAttempts)
        let resets = PasswordResets(
            sealer: sealer, digests: digests, randomness: randomness, lifetime: sessions.lifetimes.passwordReset)
        registerTenant = RegisterTenant(
            transactions: Writes(transactions) { $0 }, directory: directory, passwords: passwords, hasher: hasher,
            throttle: throttle,
            sealer: sealer, sessions: sessions, identifiers: identifiers, randomness: randomness, clock: clock,
            plan: plan, isOpen: isRegistrationOpen)
        signIn = SignIn(
            transactions: transactions, accounts: accounts, throttle: throttle, hasher: hasher, sessions: sessions,
            clock: clock)
        refreshSession = RefreshSession(
            transactions: transactions, refreshTokens: refreshTokens, sessions: sessions, tenants: tenants,
            clock: clock)
        getCurrentUser = GetCurrentUser(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        getProfile = GetProfile(stores: Reads(transactions) { $0 })
        endUserSessions = EndUserSessions(
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, clock: clock)
        let proof = PasswordProof(
            transactions: Writes(transactions) { $0 }, hasher: hasher, throttle: throttle,
            refusals: RefusalThrottle(clock: clock))
        listSessions = ListSessions(stores: Reads(transactions) { $0 }, clock: clock)
        getSession = GetSession(stores: Reads(transactions) { $0 }, clock: clock)
        endSession = EndSession(transactions: Writes(transactions) { $0 }, clock: clock)
        endOwnSessions = EndOwnSessions(transactions: Writes(transactions) { $0 }, clock: clock)
        createUser = CreateUser(
            stores: Reads(transactions) { $0 }, transactions: Writes(transactions) { $0 }, authorizer: authorizer,
            passwords: passwords, hasher: hasher, resets: resets,
            identifiers: identifiers, clock: clock)
        getUser = GetUser(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        listUsers = ListUsers(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        updateUser = UpdateUser(transactions: Writes(transactions) { $0 }, authorizer: authorizer, clock: clock)
        deleteUser = DeleteUser(transactions: Writes(transactions) { $0 }, authorizer: authorizer)
        updateProfile = UpdateProfile(
            stores: Reads(transactions) { $0 }, transactions: Writes(transactions) { $0 }, proof: proof, clock: clock)
        changePassword = ChangePassword(
            stores: Reads(transactions) { $0 }, transactions: Writes(transactions) { $0 }, passwords: passwords,
            hasher: hasher, proof: proof, clock: clock)
        requestPasswordReset = RequestPasswordReset(
            transactions: Writes(transactions) { $0 }, accounts: accounts, resets: resets, throttle: throttle,
            clock: clock)
        resetPassword = ResetPassword(
            transactions: transactions, passwords: passwords, hasher: hasher, resets: resets, throttle: throttle,
            clock: clock)
    }
}
