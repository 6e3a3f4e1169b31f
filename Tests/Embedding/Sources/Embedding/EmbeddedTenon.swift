import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TenonYAML

/// The use cases that this service needs, on memory adapters and real encryption.
struct EmbeddedTenon {
    let configuration: ConfigurationUseCases
    private let transactions: MemoryTransactions
    private let sealer: EnvelopeSealer
    private let identifiers: Identifiers

    init() {
        let clock = SystemClock()
        let randomness = SystemRandomness()
        let authorizer = PolicyAuthorizer(clock: clock)
        identifiers = Identifiers(clock: clock, randomness: randomness)
        transactions = MemoryTransactions(clock: clock, identifiers: identifiers)
        sealer = EnvelopeSealer(
            keks: KeyEncryptionKeys([1: Secret(randomness.bytes(32))]), dataKeys: MemoryKeys(transactions),
            randomness: randomness, clock: clock)
        let ports = Ports(
            transactions: transactions, authorizer: authorizer, sealer: sealer,
            digests: RootDigests(Secret(randomness.bytes(32))), identifiers: identifiers, randomness: randomness,
            clock: clock)
        configuration = ConfigurationUseCases(ports, documents: ConfigDocuments(yaml: CoreSchemaYAML()))
    }

    /// A job of a fresh tenant, which gets its data key.
    func tenant() async throws -> Caller {
        let tenant: TenantID = identifiers.next()
        let caller = Caller(.system(job: "embedding", tenant: tenant), from: Origin(requestID: "embedding"))
        let key = try sealer.firstKey(for: tenant)
        try await transactions.write(for: caller) { work throws(Failure) in
            try await work.dataKeys.addIfAbsent(key)
        }
        return caller
    }
}
