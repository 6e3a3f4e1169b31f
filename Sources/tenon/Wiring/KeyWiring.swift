internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonPostgres

/// The use cases of `tenon keys`, put together.
struct KeyWiring {
    let status: GetKeyStatus
    let rotateKEK: RotateKeyEncryptionKey
    let rotateDEK: RotateDataKey
    let shred: ShredTenantKey
    let rotateSigning: RotateSigningKeys
    private let transactions: any Transactions
    private let directory: any Directory

    /// Fails as the service's start does where the keys that are set do not open the data.
    init(
        _ settings: Settings, _ database: PostgresDatabase, keks: KeyEncryptionKeys, grace: Duration, _ core: Core
    ) async throws(Failure) {
        let keys = PostgresKeys(database)
        let opened = try await InstallationKeys.open(
            keks: keks, secretKey: settings.secretKey, dataKeys: keys, signingKeys: keys, randomness: core.randomness,
            clock: core.clock)
        let sealer = EnvelopeSealer(keks: keks, dataKeys: keys, randomness: core.randomness, clock: core.clock)
        let auditSealer = EnvelopeSealer(
            keks: keks, for: .audit, dataKeys: keys, randomness: core.randomness, clock: core.clock)
        let wrapping = EnvelopeKeyWrapping(
            keks: keks, secretKey: settings.secretKey, randomness: core.randomness)
        let rotation = PostgresDataKeyRotation(database, clock: core.clock, identifiers: core.identifiers)
        let signingRotation = PostgresSigningKeyRotation(database, clock: core.clock, identifiers: core.identifiers)
        let cells = PostgresSealedCells(database, clock: core.clock, identifiers: core.identifiers)
        let schedule = SigningKeySchedule(accessTokens: settings.lifetimes.access)
        let transactions = PostgresTransactions(
            database, digests: opened.digests, auditSealer: auditSealer, clock: core.clock,
            identifiers: core.identifiers)
        status = GetKeyStatus(
            transactions: transactions, dataKeys: keys, rotation: rotation, cells: cells, signingKeys: keys,
            wrapping: wrapping, schedule: schedule, clock: core.clock)
        rotateKEK = RotateKeyEncryptionKey(
            transactions: transactions, rotation: rotation, signingKeys: keys, signingKeyRotation: signingRotation,
            wrapping: wrapping)
        rotateDEK = RotateDataKey(
            dataKeys: keys, rotation: rotation, cells: cells, sealer: sealer, wrapping: wrapping, clock: core.clock,
            grace: grace)
        shred = ShredTenantKey(
            rotation: rotation, sealer: sealer, wrapping: wrapping,
            signer: try AccessTokenSigner(keys: opened.signingKeys, randomness: core.randomness), clock: core.clock)
        rotateSigning = RotateSigningKeys(
            signingKeys: keys, rotation: signingRotation, wrapping: wrapping, schedule: schedule, clock: core.clock)
        self.transactions = transactions
        directory = PostgresDirectory(database, digests: opened.digests)
    }

    /// The tenant with this slug or id; `tenantNotFound` where there is none.
    func tenant(_ name: String) async throws(Failure) -> Tenant {
        if let id = try await id(name), let tenant = try await transactions.reads(in: id).tenants.tenant(id) {
            return tenant
        }
        throw Failure(.tenantNotFound, "There is no tenant \(name).")
    }

    /// Records what the operator did to a tenant, in its own audit log.
    func note(
        _ kind: EventKind, on tenant: TenantID, _ details: [String: JSONValue], _ core: Core
    ) async throws(Failure) {
        try await transactions.write(in: tenant, as: .commandLine(core)) { work throws(Failure) in
            work.record(DomainEvent(kind, on: .tenant(tenant), details))
            work.accessChanged(.tenant(tenant))
        }
    }

    /// The same tenant's id. The platform itself has one too: its administrators' answers are sealed.
    func tenantID(_ name: String) async throws(Failure) -> TenantID {
        TenantID(name) == .platform ? .platform : try await tenant(name).id
    }

    private func id(_ name: String) async throws(Failure) -> TenantID? {
        if let id = TenantID(name) { return id }
        guard let slug = try? TenantSlug(name) else { return nil }
        return try await directory.tenant(slug)
    }
}
