internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonOIDC
internal import TenonYAML

/// The parts put together; no decisions.
struct ServiceWiring {
    let catalog: EndpointCatalog
    let signer: AccessTokenSigner
    let authorizer: PolicyAuthorizer
    let edge: HTTPServer.Edge
    let relay: RelayEvents
    let purge: PurgeExpired
    let follow: FollowRevisions
    let followAccess: FollowAccessChanges
    let recordAPIKeyUses: RecordAPIKeyUses
    let limiter: RateLimiter
    let deleteTenants: DeleteExpiredTenants
    let linkAudit: LinkAuditRecords
    let outbox: any Outbox
    let signingKeys: SigningKeyReload
    let hasher: PasswordHashing
    let createAdministrator: CreateAdministrator
    let tenantDatabases: ReconcileTenantDatabases

    init(
        _ settings: Settings, storage: Storage, keks: KeyEncryptionKeys, life: ServiceLife, _ core: Core
    ) async throws(Failure) {
        let keys = try await InstallationKeys.open(
            keks: keks, secretKey: settings.secretKey, dataKeys: storage.dataKeys, signingKeys: storage.signingKeys,
            randomness: core.randomness, clock: core.clock)
        signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: core.randomness)
        signingKeys = SigningKeyReload(
            signer: signer, signingKeys: storage.signingKeys, keks: keks, secretKey: settings.secretKey)
        authorizer = PolicyAuthorizer(clock: core.clock)
        hasher = PasswordHashing(
            policy: settings.passwordHash.policy, threads: settings.hashingThreads, randomness: core.randomness)
        let sealer = EnvelopeSealer(
            keks: keks, dataKeys: storage.dataKeys, randomness: core.randomness, clock: core.clock)
        let tenants = TenantAccessCache()
        core.access.add(TokenRevocations(signer: signer, clock: core.clock))
        core.access.add(tenants)
        let knownKeys = KnownAPIKeys()
        core.access.add(knownKeys)
        let apiKeyUses = APIKeyUses()
        let auditSealer = EnvelopeSealer(
            keks: keks, for: .audit, dataKeys: storage.dataKeys, randomness: core.randomness, clock: core.clock)
        let transactions = storage.transactions(digests: keys.digests, auditSealer: auditSealer, core)
        linkAudit = LinkAuditRecords(
            chain: storage.auditChain, signer: signer, digests: keys.digests, hashing: OpenSSLChainHash(),
            clock: core.clock)
        followAccess = FollowAccessChanges(
            feed: storage.accessFeed, observer: core.access, accessTokens: settings.lifetimes.access)
        limiter = RateLimiter(limits: settings.rateLimits, ledger: storage.rateLedger)
        outbox = storage.outbox(core)
        relay = RelayEvents(outbox: outbox, subscribers: [], sealer: sealer)
        recordAPIKeyUses = RecordAPIKeyUses(transactions: transactions, uses: apiKeyUses)
        purge = PurgeExpired(
            outbox: outbox, replies: storage.replySweeper, signatures: storage.seenSignatures, access: followAccess,
            attempts: storage.signInAttempts, sessions: storage.sessionSweeper, clock: core.clock)
        follow = FollowRevisions(feed: storage.revisionFeed, cache: core.cache, table: core.watchTable)
        let registry = storage.registry(digests: keys.digests, auditSealer: auditSealer, core)
        deleteTenants = DeleteExpiredTenants(
            registry: registry, catalog: storage.tenantCatalog, erasure: storage.tenantErasure(core),
            shred: ShredTenantKey(
                rotation: storage.dataKeyRotation(core), sealer: sealer,
                wrapping: EnvelopeKeyWrapping(
                    keks: keks, secretKey: settings.secretKey, randomness: core.randomness),
                signer: signer, clock: core.clock),
            clock: core.clock)
        createAdministrator = CreateAdministrator(
            transactions: transactions, passwords: settings.passwords, hasher: hasher, identifiers: core.identifiers,
            clock: core.clock)
        let owners = AddFirstOwner(
            registry: registry, transactions: transactions, sealer: sealer, digests: keys.digests,
            randomness: core.randomness, identifiers: core.identifiers, clock: core.clock,
            lifetimes: settings.lifetimes)
        tenantDatabases = ReconcileTenantDatabases(
            queue: storage.tenantDatabaseQueue, cluster: try storage.tenantDatabaseCluster(settings),
            registry: registry, seeds: [owners], clock: core.clock)
        let useCases = Self.useCases(
            settings, storage, transactions, registry, owners, tenants, keys, sealer, auditSealer, signer, hasher,
            authorizer, core)
        let metrics = ServiceMetrics([ProcessMetrics.gauges, { core.gauges }])
        catalog = .tenon(
            useCases, signer: signer, paging: Paging(digests: keys.digests), life: life, metrics: metrics,
            documentation: DocumentationPages(
                isServed: settings.servesDocumentation, assets: settings.documentationAssets),
            version: Version.api)
        edge = HTTPServer.Edge(
            once: AnswerOnce(
                transactions: transactions, sealer: sealer, identifiers: core.identifiers, clock: core.clock),
            authenticate: Authenticate(
                transactions: transactions, signer: signer,
                apiKeys: APIKeyVerification(
                    transactions: transactions, directory: storage.apiKeyDirectory(digests: keys.digests),
                    seen: storage.seenSignatures, sealer: sealer, digests: keys.digests,
                    cryptography: OpenSSLMessageCryptography(), known: knownKeys, uses: apiKeyUses, clock: core.clock),
                tenants: tenants, clock: core.clock),
            authorizer: authorizer, digests: keys.digests,
            denials: RecordDenial(transactions: transactions, clock: core.clock), clock: core.clock,
            identifiers: core.identifiers, metrics: metrics, limiter: limiter)
    }

    private static func useCases(
        _ settings: Settings, _ storage: Storage, _ transactions: any Transactions, _ registry: any Transactions,
        _ owners: AddFirstOwner, _ tenants: TenantAccessCache, _ keys: InstallationKeys, _ sealer: EnvelopeSealer,
        _ auditSealer: EnvelopeSealer,
        _ signer: AccessTokenSigner, _ hasher: PasswordHashing, _ authorizer: PolicyAuthorizer, _ core: Core
    ) -> UseCases {
        UseCases(
            identity: IdentityUseCases(
                transactions: transactions, directory: storage.directory(digests: keys.digests),
                attempts: storage.signInAttempts,
                authorizer: authorizer, passwords: settings.passwords, hasher: hasher, sealer: sealer, signer: signer,
                refreshTokens: keys.refreshTokens, tenants: tenants, digests: keys.digests,
                identifiers: core.identifiers,
                randomness: core.randomness,
                clock: core.clock, lifetimes: settings.lifetimes, plan: settings.plan,
                freeAttempts: settings.freeAttempts),
            tenants: TenantUseCases(
                registry: registry, catalog: storage.tenantCatalog, owners: owners, authorizer: authorizer,
                sealer: sealer, identifiers: core.identifiers, clock: core.clock,
                plan: settings.plan, grace: settings.tenantGrace),
            apiKeys: APIKeyUseCases(
                transactions: transactions, authorizer: authorizer, digests: keys.digests, sealer: sealer,
                cryptography: OpenSSLMessageCryptography(), identifiers: core.identifiers,
                randomness: core.randomness, clock: core.clock),
            sso: SSOUseCases(
                transactions: transactions, directory: storage.directory(digests: keys.digests),
                authorizer: authorizer, sealer: sealer,
                provider: OpenIDProvider(policy: settings.sso.policy, keys: OpenSSLPublicKeys(), clock: core.clock),
                sessions: SessionStarter(
                    signer: signer, refreshTokens: keys.refreshTokens, identifiers: core.identifiers,
                    lifetimes: settings.lifetimes),
                digests: keys.digests, identifiers: core.identifiers, randomness: core.randomness, clock: core.clock,
                logtoIssuer: settings.sso.logtoIssuer, publicURL: settings.sso.publicURL),
            access: AccessUseCases(
                transactions: transactions, authorizer: authorizer, identifiers: core.identifiers, clock: core.clock),
            configuration: ConfigurationUseCases(
                transactions: transactions, authorizer: authorizer, sealer: sealer, identifiers: core.identifiers,
                clock: core.clock, documents: ConfigDocuments(yaml: CoreSchemaYAML()), digests: keys.digests,
                cache: core.cache, table: core.watchTable),
            audit: AuditUseCases(
                transactions: transactions, registry: registry, authorizer: authorizer, sealer: auditSealer,
                digests: keys.digests, hashing: OpenSSLChainHash(), clock: core.clock
            ) { ReceiptVerification(keys: $0) },
            checkHealth: CheckHealth(probes: [storage.probe], timeout: settings.healthTimeout))
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

enum Version {
    static let product = "0.1.0"
    static let api = "v1"
}
