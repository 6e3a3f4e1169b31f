import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory

/// A service of one's own on Tenon's modules: a tenant is made and a value stored and read, all in memory.
@main
struct Embedding {
    static func main() async throws {
        let clock = SystemClock()
        let randomness = SystemRandomness()
        let identifiers = Identifiers(clock: clock, randomness: randomness)
        let memory = MemoryTransactions(clock: clock, identifiers: identifiers)
        let keks = KeyEncryptionKeys([1: Secret(randomness.bytes(32))])
        let sealer = EnvelopeSealer(keks: keks, dataKeys: MemoryKeys(memory), randomness: randomness, clock: clock)
        let authorizer = RoleAuthorizer()

        let tenant: TenantID = identifiers.next()
        let caller = Caller(.system(job: "embedding", tenant: tenant), from: Origin(requestID: "embedding"))
        try await memory.write(for: caller) { work throws(Failure) in
            try await work.dataKeys.addIfAbsent(try sealer.firstKey(for: tenant))
        }

        let namespace = try await CreateNamespace(
            transactions: memory, authorizer: authorizer, identifiers: identifiers, clock: clock
        ).execute(.init(name: NamespaceName("production"), description: nil), as: caller)
        let draft = try ConfigDraft(
            key: ConfigKey("greeting"), value: "hello", type: .string, schema: nil, description: nil, isSecret: false)
        _ = try await CreateConfig(
            transactions: memory, authorizer: authorizer, sealer: sealer, identifiers: identifiers, clock: clock
        ).execute(.init(namespace: namespace.id, draft: draft), as: caller)
        let found = try await GetConfig(transactions: memory, authorizer: authorizer, sealer: sealer)
            .execute(.init(namespace: namespace.id, key: draft.key), as: caller)

        guard found.value == "hello" else { fatalError("the value read is not the value stored") }
        print("embedding: stored and read \(found.entry.key.text)")
    }
}
