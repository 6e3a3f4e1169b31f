internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonOIDC
internal import TenonYAML

extension UseCases {
    init(_ parts: ServiceParts) {
        let (settings, storage, core, keyring) = (parts.settings, parts.storage, parts.core, parts.keyring)
        let (transactions, authorizer) = (parts.transactions, parts.authorizer)
        let directory = storage.directory(digests: keyring.digests)
        self.init(
            identity: IdentityUseCases(
                transactions: transactions, directory: directory,
                attempts: storage.signInAttempts,
                authorizer: authorizer, passwords: settings.passwords, hasher: parts.hasher, sealer: keyring.sealer,
                signer: keyring.signer,
                refreshTokens: keyring.keys.refreshTokens, tenants: parts.tenants, digests: keyring.digests,
                identifiers: core.identifiers,
                randomness: core.randomness,
                clock: core.clock, lifetimes: settings.lifetimes, plan: settings.plan,
                freeAttempts: settings.freeAttempts, isRegistrationOpen: settings.registration == .open),
            tenants: TenantUseCases(
                registry: parts.registry, catalog: storage.tenantCatalog, owners: parts.owners, authorizer: authorizer,
                sealer: keyring.sealer, identifiers: core.identifiers, clock: core.clock,
                plan: settings.plan, grace: settings.tenantGrace),
            apiKeys: APIKeyUseCases(
                transactions: transactions, authorizer: authorizer, digests: keyring.digests, sealer: keyring.sealer,
                cryptography: OpenSSLMessageCryptography(), identifiers: core.identifiers,
                randomness: core.randomness, clock: core.clock),
            sso: SSOUseCases(
                transactions: transactions, directory: directory,
                authorizer: authorizer, sealer: keyring.sealer,
                provider: OpenIDProvider(policy: settings.sso.policy, keys: OpenSSLPublicKeys(), clock: core.clock),
                sessions: parts.sessions,
                digests: keyring.digests, identifiers: core.identifiers, randomness: core.randomness, clock: core.clock,
                logtoIssuer: settings.sso.logtoIssuer, publicURL: settings.sso.publicURL),
            access: AccessUseCases(
                transactions: transactions, authorizer: authorizer, identifiers: core.identifiers, clock: core.clock),
            configuration: ConfigurationUseCases(
                transactions: transactions, authorizer: authorizer, sealer: keyring.sealer,
                identifiers: core.identifiers,
                clock: core.clock, documents: ConfigDocuments(yaml: CoreSchemaYAML()), digests: keyring.digests,
                cache: core.cache, table: core.watchTable),
            audit: AuditUseCases(
                transactions: transactions, registry: parts.registry, authorizer: authorizer,
                sealer: keyring.auditSealer,
                digests: keyring.digests, hashing: OpenSSLChainHash(), clock: core.clock
            ) { ReceiptVerification(keys: $0) },
            checkHealth: CheckHealth(probes: [storage.probe], timeout: settings.healthTimeout))
    }
}
