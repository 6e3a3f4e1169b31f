import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonService
import TestSupport
import Testing

@testable import TenonApplication

/// The use cases of keys on the memory adapters with real crypto, on a clock that stands still.
struct APIKeyFixture {
    let clock = ManualClock()
    let ids = Identifiers.forTests()
    let memory: MemoryTransactions
    let signer: AccessTokenSigner
    let useCases: APIKeyUseCases
    let known: KnownAPIKeys
    let uses: APIKeyUses
    let tenant: TenantID
    let owner: Caller
    private let parts: UseCaseDependencies

    init() async throws {
        let storage = MemoryStorage(
            ProcessDependencies(clock: clock, randomness: SystemRandomness(), identifiers: ids))
        let tenon = try await Tenon(on: storage, keys: .temporary)
        parts = tenon.parts
        memory = storage.memory
        signer = parts.keyring.signer
        useCases = tenon.apiKeys
        known = parts.knownKeys
        uses = parts.apiKeyUses
        tenant = ids.next()
        owner = Caller(
            .user(SignedInUser(id: ids.next(), tenant: tenant, session: ids.next(), roles: [.owner])), from: .test)
        try await MemoryKeys(memory).addIfAbsent(try parts.keyring.sealer.firstKey(for: tenant))
        let new = Tenant.register(
            id: tenant, slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .free, at: clock.now()
        ).0
        try await memory.write(for: owner) { work throws(Failure) in try await work.tenants.add(new) }
    }

    /// As another process has it: with a memory of its own over the same stores.
    func verification(_ known: KnownAPIKeys? = nil) -> APIKeyVerification {
        APIKeyVerification(
            transactions: memory, directory: MemoryDirectory(memory), seen: MemorySeenSignatures(memory),
            sealer: parts.ports.sealer, digests: parts.ports.digests, cryptography: OpenSSLMessageCryptography(),
            known: known ?? self.known, uses: uses, clock: clock)
    }

    func authenticate(_ tenants: TenantAccessCache = TenantAccessCache()) -> Authenticate {
        Authenticate(transactions: memory, signer: signer, apiKeys: verification(), tenants: tenants, clock: clock)
    }

    func create(
        _ signing: SigningChoice? = nil, as caller: Caller? = nil, scopes: Set<Permission> = [.configsRead],
        _ change: (inout APIKeyTerms) throws -> Void = { _ in }
    ) async throws -> IssuedAPIKey {
        var terms = APIKeyTerms(name: try DisplayName("ci"), scopes: scopes)
        try change(&terms)
        return try await useCases.create.execute(
            CreateAPIKey.Input(terms: terms, signing: signing), as: caller ?? owner)
    }

    func user(_ roles: Set<Role>) -> Caller {
        Caller(
            .user(SignedInUser(id: ids.next(), tenant: tenant, session: ids.next(), roles: roles)), from: .test)
    }

    var refusals: [JSONValue?] {
        memory.auditRecords.filter { $0.action == EventKind.apiKeyRefused.name }.map { $0.details["reason"] }
    }
}
