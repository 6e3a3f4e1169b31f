package import TenonApplication
internal import TenonCrypto
package import TenonDomain

/// What use cases and background jobs of several contexts share.
package struct UseCaseDependencies: Sendable {
    package let options: TenonOptions
    package let storage: any StorageAdapters
    package let keyring: Keyring
    package let ports: Ports
    /// Opens transactions in the database that stores the tenants themselves.
    package let registry: any Transactions
    package let directory: any Directory
    package let hasher: any PasswordHasher
    package let sessions: SessionStarter
    package let owners: AddFirstOwner
    package let cache: ConfigCache
    package let watchTable = WatchTable()
    package let freshness = AccessFreshness()
    package let tenants: TenantAccessCache
    package let knownKeys: KnownAPIKeys
    package let apiKeyUses = APIKeyUses()
    package let limiter: RateLimiter
    package let followAccess: FollowAccessChanges

    /// Fails where the keys do not open the data.
    init(
        _ storage: any StorageAdapters, _ source: EncryptionKeySource, _ options: TenonOptions
    ) async throws(Failure) {
        let process = storage.process
        self.storage = storage
        self.options = options
        keyring = try await Keyring(source, storage, options)
        ports = Ports(
            transactions: storage.transactions(keyring.storage), authorizer: PolicyAuthorizer(clock: process.clock),
            sealer: keyring.sealer, digests: keyring.keys.digests, identifiers: process.identifiers,
            randomness: process.randomness, clock: process.clock)
        registry = storage.registry(keyring.storage)
        directory = storage.directory(keyring.keys.digests)
        hasher =
            options.passwordHasher
            ?? PasswordHashing(
                policy: options.passwordHash, threads: options.hashingThreads, randomness: process.randomness)
        sessions = SessionStarter(
            signer: keyring.signer, refreshTokens: keyring.keys.refreshTokens, identifiers: process.identifiers,
            lifetimes: options.lifetimes)
        owners = AddFirstOwner(ports, registry: registry, lifetimes: options.lifetimes)
        cache = ConfigCache(bytes: options.cacheBytes)
        tenants = TenantAccessCache(freshness: freshness)
        knownKeys = KnownAPIKeys(freshness: freshness)
        limiter = RateLimiter(limits: options.rateLimits, ledger: storage.rateLedger)
        followAccess = FollowAccessChanges(
            feed: storage.accessFeed, observer: process.access, freshness: freshness,
            accessTokens: options.lifetimes.access)
        process.revisions.add(cache)
        process.revisions.add(watchTable)
        process.access.add(TokenRevocations(signer: keyring.signer, clock: process.clock))
        process.access.add(tenants)
        process.access.add(knownKeys)
    }
}
