import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonYAML
import TestSupport

/// A tenant with values, and the use cases on keys, on the memory adapters with real crypto.
struct KeyRotationFixture {
    let clock = ManualClock()
    let memory: MemoryTransactions
    let ids = Identifiers.forTests()
    let randomness = SystemRandomness()
    let (first, second): (Secret, Secret)
    let sealer: EnvelopeSealer
    let tenant: Tenant
    let namespace: Namespace
    let operatorCaller = Caller(.system(job: "tests", tenant: .platform), from: .test)

    var old: KeyEncryptionKeys { KeyEncryptionKeys([1: first]) }
    var both: KeyEncryptionKeys { KeyEncryptionKeys([1: first, 2: second]) }
    var new: KeyEncryptionKeys { KeyEncryptionKeys([2: second]) }

    init() async throws {
        memory = MemoryTransactions(clock: clock, identifiers: ids)
        first = Secret(randomness.bytes(32))
        second = Secret(randomness.bytes(32))
        sealer = EnvelopeSealer(
            keks: KeyEncryptionKeys([1: first, 2: second]), dataKeys: MemoryKeys(memory), randomness: randomness,
            clock: clock)
        tenant =
            Tenant.register(
                id: ids.next(), slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .free,
                at: clock.now()
            ).0
        namespace =
            Namespace.create(
                id: ids.next(), tenant: tenant.id, name: try NamespaceName("production"), description: nil, by: "tests",
                at: clock.now()
            ).0
        _ = try await open(old)
        let key = try EnvelopeSealer(
            keks: KeyEncryptionKeys([1: first]), dataKeys: MemoryKeys(memory), randomness: randomness, clock: clock
        ).firstKey(for: tenant.id)
        try await memory.write(in: tenant.id, as: operatorCaller) { [tenant, namespace] work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.dataKeys.addIfAbsent(key)
            try await work.configuration.add(namespace)
        }
    }

    @discardableResult
    func open(_ keks: KeyEncryptionKeys) async throws(Failure) -> InstallationKeys {
        try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory),
            randomness: randomness, clock: clock)
    }

    private var caller: Caller { Caller(.system(job: "tests", tenant: tenant.id), from: .test) }

    /// Through the use case, as a request would.
    func store(_ key: String, by sealer: EnvelopeSealer? = nil) async throws {
        let draft = try ConfigDraft(value: .string("value of \(key)"), type: .string)
        _ = try await configuration(sealer ?? self.sealer).createConfig.execute(
            CreateConfig.Input(namespace: namespace.id, key: try ConfigKey(key), draft: draft), as: caller)
    }

    private func configuration(_ sealer: EnvelopeSealer) -> ConfigurationUseCases {
        ConfigurationUseCases(
            Ports(
                transactions: memory, authorizer: PolicyAuthorizer.forTests(), sealer: sealer,
                digests: RootDigests(first), identifiers: ids, randomness: randomness, clock: clock),
            documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: ConfigCache(bytes: 0),
            table: WatchTable())
    }

    /// In another process, under these KEKs.
    func value(_ key: String, _ keks: KeyEncryptionKeys) async throws -> JSONValue? {
        let sealer = EnvelopeSealer(
            keks: keks, dataKeys: MemoryKeys(memory), randomness: randomness, clock: clock)
        let input = GetConfig.Input(namespace: namespace.id, key: try ConfigKey(key))
        return try await configuration(sealer).getConfig.execute(input, as: caller).value
    }

    func wrapping(_ keks: KeyEncryptionKeys) -> EnvelopeKeyWrapping {
        EnvelopeKeyWrapping(keks: keks, secretKey: nil, randomness: randomness)
    }

    func versions() async throws -> [Int32] {
        try await MemoryKeys(memory).keys(of: tenant.id, for: .values).map(\.version)
    }

    var rotateDataKey: RotateDataKey {
        RotateDataKey(
            dataKeys: MemoryKeys(memory), rotation: MemoryKeyRotation(memory), cells: MemorySealedCells(memory),
            sealer: sealer, wrapping: wrapping(both), clock: clock)
    }

    var rotateKEK: RotateKeyEncryptionKey {
        RotateKeyEncryptionKey(
            transactions: memory, rotation: MemoryKeyRotation(memory), signingKeys: MemoryKeys(memory),
            signingKeyRotation: MemoryKeyRotation(memory), wrapping: wrapping(both))
    }

    var schedule: SigningKeySchedule { SigningKeySchedule(accessTokens: .seconds(1800)) }

    var rotateSigning: RotateSigningKeys {
        RotateSigningKeys(
            signingKeys: MemoryKeys(memory), rotation: MemoryKeyRotation(memory), wrapping: wrapping(both),
            schedule: schedule, clock: clock)
    }

    var status: GetKeyStatus { status(MemorySealedCells(memory)) }

    func status(_ cells: any SealedCells) -> GetKeyStatus {
        GetKeyStatus(
            transactions: memory, dataKeys: MemoryKeys(memory), rotation: MemoryKeyRotation(memory),
            cells: cells, signingKeys: MemoryKeys(memory), wrapping: wrapping(both),
            schedule: schedule, clock: clock)
    }
}
