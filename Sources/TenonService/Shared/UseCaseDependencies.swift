internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonPostgres

/// Dependencies that several use cases and services share, made once per process.
struct ServiceParts {
    let settings: Settings
    let storage: Storage
    let core: Core
    let keyring: Keyring
    let ports: Ports
    /// Opens transactions in the database that stores the tenants themselves.
    let registry: any Transactions
    let hasher: PasswordHashing
    let sessions: SessionStarter
    let owners: AddFirstOwner
    let freshness: AccessFreshness
    let tenants: TenantAccessCache
    let knownKeys: KnownAPIKeys
    let apiKeyUses = APIKeyUses()

    /// Fails if the configured keys do not open the data.
    init(_ settings: Settings, _ storage: Storage, keks: KeyEncryptionKeys, _ core: Core) async throws(Failure) {
        self.settings = settings
        self.storage = storage
        self.core = core
        freshness = AccessFreshness()
        tenants = TenantAccessCache(freshness: freshness)
        knownKeys = KnownAPIKeys(freshness: freshness)
        keyring = try await Keyring.open(settings, storage, keks: keks, core)
        ports = Ports(
            transactions: storage.transactions(keyring, core), authorizer: PolicyAuthorizer(clock: core.clock),
            sealer: keyring.sealer, digests: keyring.digests, identifiers: core.identifiers,
            randomness: core.randomness, clock: core.clock)
        registry = storage.transactions(at: .registry, keyring, core)
        hasher = PasswordHashing(
            policy: settings.passwordHash.policy, threads: settings.hashingThreads, randomness: core.randomness)
        sessions = SessionStarter(
            signer: keyring.signer, refreshTokens: keyring.keys.refreshTokens, identifiers: core.identifiers,
            lifetimes: settings.lifetimes)
        owners = AddFirstOwner(ports, registry: registry, lifetimes: settings.lifetimes)
        core.access.add(TokenRevocations(signer: keyring.signer, clock: core.clock))
        core.access.add(tenants)
        core.access.add(knownKeys)
    }
}

extension PasswordHashChoice {
    fileprivate var policy: PasswordHashing.Policy {
        switch self {
        case .auto: .automatic
        case .scrypt: .scrypt
        case .bcrypt: .bcrypt
        }
    }
}
