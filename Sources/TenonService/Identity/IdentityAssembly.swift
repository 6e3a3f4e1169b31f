internal import Logging
package import TenonApplication
internal import TenonCrypto
package import TenonDomain
internal import TenonOIDC

extension IdentityUseCases {
    /// `directory` takes the place of the storage's own.
    package init(_ parts: UseCaseDependencies, directory: (any Directory)? = nil) {
        let options = parts.options
        self.init(
            parts.ports, directory: directory ?? parts.directory, attempts: parts.storage.signInAttempts,
            passwords: options.passwords, hasher: parts.hasher, refreshTokens: parts.keyring.keys.refreshTokens,
            sessions: parts.sessions, tenants: parts.tenants, plan: options.plan, freeAttempts: options.freeAttempts,
            isRegistrationOpen: options.isRegistrationOpen)
    }
}

extension TenantUseCases {
    init(_ parts: UseCaseDependencies) {
        self.init(
            parts.ports, registry: parts.registry, catalog: parts.storage.tenantCatalog, owners: parts.owners,
            plan: parts.options.plan, grace: parts.options.tenantGrace)
    }
}

extension APIKeyUseCases {
    init(_ parts: UseCaseDependencies) {
        self.init(parts.ports, cryptography: OpenSSLMessageCryptography())
    }
}

extension SSOUseCases {
    init(_ parts: UseCaseDependencies) {
        let options = parts.options
        self.init(
            parts.ports, directory: parts.directory,
            provider: options.identityProvider
                ?? OpenIDProvider(
                    policy: options.providerPolicy, keys: OpenSSLPublicKeys(), clock: parts.ports.clock),
            sessions: parts.sessions, logtoIssuer: options.logtoIssuer, publicURL: options.publicURL)
    }
}

extension UseCaseDependencies {
    package var authenticate: Authenticate {
        Authenticate(
            transactions: ports.transactions, signer: keyring.signer,
            apiKeys: APIKeyVerification(
                transactions: ports.transactions, directory: directory, seen: storage.seenSignatures,
                sealer: ports.sealer, digests: ports.digests, cryptography: OpenSSLMessageCryptography(),
                known: knownKeys, uses: apiKeyUses, clock: ports.clock),
            tenants: tenants, clock: ports.clock)
    }

    package var deleteExpiredTenants: DeleteExpiredTenants {
        DeleteExpiredTenants(
            registry: registry, catalog: storage.tenantCatalog, erasure: storage.tenantErasure,
            shred: KeyUseCases(self).shred, clock: ports.clock)
    }

    package var recordAPIKeyUses: RecordAPIKeyUses {
        RecordAPIKeyUses(transactions: ports.transactions, uses: apiKeyUses)
    }
}

extension ContextServices {
    static func identity(_ parts: UseCaseDependencies) -> ContextServices {
        let recordUses = parts.recordAPIKeyUses
        let deleteTenants = parts.deleteExpiredTenants
        let tenantDatabases = ReconcileTenantDatabases(
            queue: parts.storage.tenantDatabaseQueue, cluster: parts.storage.tenantDatabaseCluster,
            registry: parts.registry, seeds: [parts.owners], clock: parts.ports.clock)
        let signingKeys = parts.keyring.reload(from: parts.storage.signingKeys)
        return ContextServices(jobs: { jobs in
            let logger = jobs.logger
            return [
                jobs.untilShutdown {
                    await recordUses.run { jobs.reports.note("uses of API keys cannot be recorded", $0, logger) }
                },
                jobs.every(.seconds(10), failing: "deleting a tenant failed; retrying in 10 s") {
                    () throws(Failure) in
                    let count = try await deleteTenants.execute()
                    if count > 0 { logger.notice("deleted tenants", metadata: ["count": "\(count)"]) }
                },
                jobs.every(.seconds(1), failing: "work on tenants' databases failed; retrying in 1 s") {
                    () throws(Failure) in
                    while !Task.isCancelled, let database = try await tenantDatabases.execute() {
                        logger.log(
                            level: database.lastError == nil ? .info : .error,
                            "a tenant's database is \(database.state.rawValue)",
                            metadata: ["tenant": "\(database.tenant)", "cause": "\(database.lastError ?? "")"])
                    }
                },
                jobs.every(SigningKeySchedule.reloadInterval, failing: "reloading the token-signing keys failed") {
                    () throws(Failure) in try await signingKeys.execute()
                },
            ]
        })
    }
}
