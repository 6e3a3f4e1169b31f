internal import Logging
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP

/// The parts put together; no decisions.
struct ServiceWiring {
    let catalog: EndpointCatalog
    let authorizer: any Authorizer
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
        let parts = try await ServiceParts(settings, storage, keks: keks, core)
        let (keyring, transactions) = (parts.keyring, parts.transactions)
        authorizer = parts.authorizer
        hasher = parts.hasher
        signingKeys = SigningKeyReload(
            signer: keyring.signer, signingKeys: storage.signingKeys, keks: keks, secretKey: settings.secretKey)
        linkAudit = LinkAuditRecords(
            chain: storage.auditChain, signer: keyring.signer, digests: keyring.digests, hashing: OpenSSLChainHash(),
            clock: core.clock)
        followAccess = FollowAccessChanges(
            feed: storage.accessFeed, observer: core.access, accessTokens: settings.lifetimes.access)
        limiter = RateLimiter(limits: settings.rateLimits, ledger: storage.rateLedger)
        outbox = storage.outbox(core)
        relay = RelayEvents(outbox: outbox, subscribers: [], sealer: keyring.sealer)
        recordAPIKeyUses = RecordAPIKeyUses(transactions: transactions, uses: parts.apiKeyUses)
        purge = PurgeExpired(
            outbox: outbox, replies: storage.replySweeper, signatures: storage.seenSignatures, access: followAccess,
            attempts: storage.signInAttempts, sessions: storage.sessionSweeper, clock: core.clock)
        follow = FollowRevisions(feed: storage.revisionFeed, cache: core.cache, table: core.watchTable)
        deleteTenants = DeleteExpiredTenants(
            registry: parts.registry, catalog: storage.tenantCatalog, erasure: storage.tenantErasure(core),
            shred: ShredTenantKey(
                rotation: storage.dataKeyRotation(core), sealer: keyring.sealer, wrapping: keyring.wrapping,
                signer: keyring.signer, clock: core.clock),
            clock: core.clock)
        createAdministrator = CreateAdministrator(
            transactions: transactions, passwords: settings.passwords, hasher: hasher,
            identifiers: core.identifiers, clock: core.clock)
        tenantDatabases = ReconcileTenantDatabases(
            queue: storage.tenantDatabaseQueue, cluster: try storage.tenantDatabaseCluster(settings),
            registry: parts.registry, seeds: [parts.owners], clock: core.clock)
        let metrics = ServiceMetrics([ProcessMetrics.gauges, { core.gauges }])
        catalog = .tenon(
            UseCases(parts), signer: keyring.signer, paging: Paging(digests: keyring.digests), life: life,
            metrics: metrics,
            documentation: DocumentationPages(
                isServed: settings.servesDocumentation, assets: settings.documentationAssets),
            version: Version.api)
        edge = HTTPServer.Edge(
            once: AnswerOnce(
                transactions: transactions, sealer: keyring.sealer, identifiers: core.identifiers,
                clock: core.clock),
            authenticate: Authenticate(
                transactions: transactions, signer: keyring.signer,
                apiKeys: APIKeyVerification(
                    transactions: transactions, directory: storage.apiKeyDirectory(digests: keyring.digests),
                    seen: storage.seenSignatures, sealer: keyring.sealer, digests: keyring.digests,
                    cryptography: OpenSSLMessageCryptography(), known: parts.knownKeys, uses: parts.apiKeyUses,
                    clock: core.clock),
                tenants: parts.tenants, clock: core.clock),
            authorizer: authorizer, digests: keyring.digests,
            denials: RecordDenial(transactions: transactions, clock: core.clock), clock: core.clock,
            identifiers: core.identifiers, metrics: metrics, limiter: limiter)
    }
}

enum Version {
    static let product = "0.1.0"
    static let api = "v1"
}
