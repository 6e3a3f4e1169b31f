import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TenonPostgres
import TenonYAML

/// The use cases that this service needs.
struct EmbeddedTenon {
    let configuration: ConfigurationUseCases
    private let transactions: any Transactions
    private let sealer: EnvelopeSealer
    private let identifiers: Identifiers

    /// On memory adapters, with real encryption.
    static func inMemory() async throws -> EmbeddedTenon {
        let process = Process()
        let memory = MemoryTransactions(
            clock: process.clock, identifiers: process.identifiers, revisions: process.revisions)
        let keks = KeyEncryptionKeys([1: Secret(process.randomness.bytes(32))])
        let keys = try await process.keys(keks, MemoryKeys(memory), MemoryKeys(memory))
        return EmbeddedTenon(process, keks, MemoryKeys(memory), keys, memory)
    }

    /// On a PostgreSQL, with a key encryption key that `keyFile` keeps, so that values open after a restart too.
    /// `database.run()` is to go on beside it.
    static func onPostgres(
        _ configuration: PostgresConfiguration, keyFile: String
    ) async throws -> (tenon: EmbeddedTenon, database: PostgresDatabase) {
        let process = Process()
        _ = try await Migrator(configuration).up()
        let database = try await PostgresDatabase.open(configuration)
        let dataKeys = PostgresKeys(database)
        let file = EncryptionKeyFile(keyFile)
        let isNew = try await dataKeys.samplePerKEK().isEmpty
        guard let key = isNew ? try file.readOrMake(randomness: process.randomness) : try file.read() else {
            fatalError("There is data, but \(keyFile) is missing: restore it from a backup.")
        }
        let keks = KeyEncryptionKeys([1: key])
        let keys = try await process.keys(keks, dataKeys, dataKeys)
        let auditSealer = AuditSealer(
            sealer: EnvelopeSealer(
                keks: keks, for: .audit, dataKeys: dataKeys, randomness: process.randomness, clock: process.clock),
            hashing: OpenSSLChainHash(), randomness: process.randomness)
        let transactions = PostgresTransactions(
            database, digests: keys.digests, auditSealer: auditSealer, clock: process.clock,
            identifiers: process.identifiers, revisions: process.revisions)
        return (EmbeddedTenon(process, keks, dataKeys, keys, transactions), database)
    }

    private init(
        _ process: Process, _ keks: KeyEncryptionKeys, _ dataKeys: any DataKeys, _ keys: InstallationKeys,
        _ transactions: any Transactions
    ) {
        self.transactions = transactions
        identifiers = process.identifiers
        sealer = EnvelopeSealer(
            keks: keks, dataKeys: dataKeys, randomness: process.randomness, clock: process.clock)
        let ports = Ports(
            transactions: transactions, authorizer: PolicyAuthorizer(clock: process.clock), sealer: sealer,
            digests: keys.digests, identifiers: identifiers, randomness: process.randomness, clock: process.clock)
        configuration = ConfigurationUseCases(
            ports, documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: process.cache, table: process.table)
    }

    /// A job of a new tenant.
    func tenant(_ name: String) async throws -> Caller {
        let (tenant, registered) = Tenant.register(
            id: identifiers.next(), slug: try TenantSlug(name), name: try DisplayName(name), plan: .professional,
            at: SystemClock().now())
        let caller = Caller(.system(job: "embedding", tenant: tenant.id), from: Origin(requestID: "embedding"))
        let key = try sealer.firstKey(for: tenant.id)
        try await transactions.write(for: caller) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.dataKeys.addIfAbsent(key)
            work.record(registered)
        }
        return caller
    }
}

/// What one process shares, whatever it stores in.
private struct Process {
    let clock = SystemClock()
    let randomness = SystemRandomness()
    let identifiers: Identifiers
    let cache = ConfigCache(bytes: 16 << 20)
    let table = WatchTable()

    init() {
        identifiers = Identifiers(clock: clock, randomness: randomness)
    }

    /// Transactions tell them of changes.
    var revisions: RevisionObservers { RevisionObservers([cache, table]) }

    func keys(
        _ keks: KeyEncryptionKeys, _ dataKeys: any DataKeys, _ signingKeys: any SigningKeys
    ) async throws -> InstallationKeys {
        try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: dataKeys, signingKeys: signingKeys, randomness: randomness,
            clock: clock)
    }
}
