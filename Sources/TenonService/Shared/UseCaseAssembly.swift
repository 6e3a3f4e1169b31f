internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonOIDC
internal import TenonYAML

extension UseCases {
    init(_ parts: ServiceParts) {
        let (settings, storage, core, ports) = (parts.settings, parts.storage, parts.core, parts.ports)
        let directory = storage.directory(digests: ports.digests)
        self.init(
            identity: IdentityUseCases(
                ports, directory: directory, attempts: storage.signInAttempts, passwords: settings.passwords,
                hasher: parts.hasher, refreshTokens: parts.keyring.keys.refreshTokens, sessions: parts.sessions,
                tenants: parts.tenants, plan: settings.plan, freeAttempts: settings.freeAttempts,
                isRegistrationOpen: settings.registration == .open),
            tenants: TenantUseCases(
                ports, registry: parts.registry, catalog: storage.tenantCatalog, owners: parts.owners,
                plan: settings.plan, grace: settings.tenantGrace),
            apiKeys: APIKeyUseCases(ports, cryptography: OpenSSLMessageCryptography()),
            sso: SSOUseCases(
                ports, directory: directory,
                provider: OpenIDProvider(policy: settings.sso.policy, keys: OpenSSLPublicKeys(), clock: core.clock),
                sessions: parts.sessions, logtoIssuer: settings.sso.logtoIssuer, publicURL: settings.sso.publicURL),
            access: AccessUseCases(ports),
            configuration: ConfigurationUseCases(
                ports, documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: core.cache, table: core.watchTable),
            audit: AuditUseCases(
                ports, registry: parts.registry, sealer: parts.keyring.auditSealer, hashing: OpenSSLChainHash()
            ) { ReceiptVerification(keys: $0) },
            checkHealth: CheckHealth(probes: [storage.probe], timeout: settings.healthTimeout))
    }
}
