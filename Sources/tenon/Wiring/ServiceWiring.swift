internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonYAML

/// The parts put together; no decisions.
struct ServiceWiring {
    let catalog: EndpointCatalog
    let signer: AccessTokenSigner
    let authorizer: RoleAuthorizer
    let edge: HTTPServer.Edge
    let relay: RelayEvents
    let purge: PurgeExpired
    let follow: FollowRevisions
    let outbox: any Outbox
    let signingKeys: SigningKeyReload
    let hasher: PasswordHashing
    let createAdministrator: CreateAdministrator

    init(
        _ settings: Settings, storage: Storage, keks: KeyEncryptionKeys, life: ServiceLife, _ core: Core
    ) async throws(Failure) {
        let keys = try await InstallationKeys.open(
            keks: keks, secretKey: settings.secretKey, dataKeys: storage.dataKeys, signingKeys: storage.signingKeys,
            randomness: core.randomness, clock: core.clock)
        signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: core.randomness)
        signingKeys = SigningKeyReload(
            signer: signer, signingKeys: storage.signingKeys, keks: keks, secretKey: settings.secretKey)
        authorizer = RoleAuthorizer()
        hasher = PasswordHashing(
            policy: settings.passwordHash.policy, threads: settings.hashingThreads, randomness: core.randomness)
        let sealer = EnvelopeSealer(
            keks: keks, dataKeys: storage.dataKeys, randomness: core.randomness, clock: core.clock)
        let transactions = storage.transactions(digests: keys.digests, core)
        outbox = storage.outbox(core)
        relay = RelayEvents(
            outbox: outbox, subscribers: [RevokeEndedSessions(signer: signer, clock: core.clock)])
        purge = PurgeExpired(outbox: outbox, replies: storage.replySweeper, clock: core.clock)
        follow = FollowRevisions(feed: storage.revisionFeed, cache: core.cache, table: core.watchTable)
        createAdministrator = CreateAdministrator(
            transactions: transactions, passwords: settings.passwords, hasher: hasher, identifiers: core.identifiers,
            clock: core.clock)
        let useCases = Self.useCases(
            settings, storage, transactions, keys, sealer, signer, hasher, authorizer, core)
        let metrics = ServiceMetrics([ProcessMetrics.gauges, { core.gauges }])
        catalog = .tenon(
            useCases, signer: signer, paging: Paging(digests: keys.digests), life: life, metrics: metrics,
            documentation: DocumentationPages(
                isServed: settings.servesDocumentation, assets: settings.documentationAssets),
            version: Version.api)
        edge = HTTPServer.Edge(
            once: AnswerOnce(
                transactions: transactions, sealer: sealer, identifiers: core.identifiers, clock: core.clock),
            signer: signer, authorizer: authorizer, digests: keys.digests, clock: core.clock,
            identifiers: core.identifiers, metrics: metrics)
    }

    private static func useCases(
        _ settings: Settings, _ storage: Storage, _ transactions: any Transactions, _ keys: InstallationKeys,
        _ sealer: EnvelopeSealer, _ signer: AccessTokenSigner, _ hasher: PasswordHashing,
        _ authorizer: RoleAuthorizer, _ core: Core
    ) -> UseCases {
        let directory = storage.directory(digests: keys.digests)
        let sessions = SessionStarter(
            signer: signer, refreshTokens: keys.refreshTokens, identifiers: core.identifiers,
            lifetimes: settings.lifetimes)
        return UseCases(
            registerTenant: RegisterTenant(
                transactions: transactions, passwords: settings.passwords, hasher: hasher, sealer: sealer,
                sessions: sessions, identifiers: core.identifiers, randomness: core.randomness, clock: core.clock,
                plan: settings.plan),
            signIn: SignIn(
                transactions: transactions, directory: directory, hasher: hasher, sessions: sessions,
                clock: core.clock),
            refreshSession: RefreshSession(
                transactions: transactions, directory: directory, refreshTokens: keys.refreshTokens, signer: signer,
                sessions: sessions, clock: core.clock),
            getCurrentUser: GetCurrentUser(transactions: transactions, authorizer: authorizer),
            configuration: ConfigurationUseCases(
                transactions: transactions, authorizer: authorizer, sealer: sealer, identifiers: core.identifiers,
                clock: core.clock, documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: core.cache,
                table: core.watchTable),
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
