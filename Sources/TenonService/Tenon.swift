internal import Logging
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP

/// Composes the service from its parts. Makes no decisions.
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
    let issuePasswordReset: IssuePasswordReset
    let tenantDatabases: ReconcileTenantDatabases
    let reports = JobReports()

    init(
        _ settings: Settings, storage: Storage, keks: KeyEncryptionKeys, life: ServiceLife, _ core: Core
    ) async throws(Failure) {
        let parts = try await ServiceParts(settings, storage, keks: keks, core)
        let (keyring, ports) = (parts.keyring, parts.ports)
        authorizer = ports.authorizer
        hasher = parts.hasher
        signingKeys = SigningKeyReload(
            signer: keyring.signer, signingKeys: storage.signingKeys, keks: keks, secretKey: settings.secretKey)
        linkAudit = LinkAuditRecords(
            chain: storage.auditChain, signer: keyring.signer, digests: ports.digests, hashing: OpenSSLChainHash(),
            clock: core.clock)
        followAccess = FollowAccessChanges(
            feed: storage.accessFeed, observer: core.access, freshness: parts.freshness,
            accessTokens: settings.lifetimes.access)
        let ledger = storage.rateLedger
        limiter = RateLimiter(limits: settings.rateLimits, ledger: ledger)
        outbox = storage.outbox(core)
        relay = RelayEvents(outbox: outbox, subscribers: [], sealer: ports.sealer)
        recordAPIKeyUses = RecordAPIKeyUses(transactions: ports.transactions, uses: parts.apiKeyUses)
        purge = PurgeExpired([outbox, ledger] + storage.expiring, clock: core.clock)
        follow = FollowRevisions(feed: storage.revisionFeed, cache: core.cache, table: core.watchTable)
        deleteTenants = DeleteExpiredTenants(
            registry: parts.registry, catalog: storage.tenantCatalog, erasure: storage.tenantErasure(core),
            shred: ShredTenantKey(
                rotation: storage.dataKeyRotation(core), sealer: keyring.sealer, wrapping: keyring.wrapping,
                signer: keyring.signer, clock: core.clock),
            clock: core.clock)
        createAdministrator = CreateAdministrator(
            transactions: ports.transactions, passwords: settings.passwords, hasher: hasher,
            identifiers: core.identifiers, clock: core.clock)
        issuePasswordReset = IssuePasswordReset(
            ports, directory: storage.directory(digests: ports.digests), lifetime: settings.lifetimes.passwordReset)
        tenantDatabases = ReconcileTenantDatabases(
            queue: storage.tenantDatabaseQueue, cluster: try storage.tenantDatabaseCluster(settings),
            registry: parts.registry, seeds: [parts.owners], clock: core.clock)
        let metrics = ServiceMetrics([ProcessMetrics.gauges, { core.gauges }, { [reports] in reports.gauges }])
        catalog = .tenon(
            UseCases(parts), signer: keyring.signer, paging: Paging(digests: ports.digests), life: life,
            metrics: metrics,
            documentation: DocumentationPages(
                isServed: settings.servesDocumentation, assets: settings.documentationAssets),
            version: Version.api)
        edge = HTTPServer.Edge(
            once: AnswerOnce(
                transactions: ports.transactions, sealer: ports.sealer, identifiers: core.identifiers,
                clock: core.clock),
            authenticate: Authenticate(
                transactions: ports.transactions, signer: keyring.signer,
                apiKeys: APIKeyVerification(
                    transactions: ports.transactions, directory: storage.directory(digests: ports.digests),
                    seen: storage.seenSignatures, sealer: ports.sealer, digests: ports.digests,
                    cryptography: OpenSSLMessageCryptography(), known: parts.knownKeys, uses: parts.apiKeyUses,
                    clock: core.clock),
                tenants: parts.tenants, clock: core.clock),
            authorizer: authorizer, digests: ports.digests,
            denials: RecordDenial(transactions: ports.transactions, clock: core.clock), clock: core.clock,
            identifiers: core.identifiers, metrics: metrics, limiter: limiter, heavy: core.heavy)
    }
}

enum Version {
    static let product = "0.1.0"
    static let api = "v1"
}
