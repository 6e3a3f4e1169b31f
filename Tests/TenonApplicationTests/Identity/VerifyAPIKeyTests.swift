import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

/// The use cases of keys on the memory adapters with real crypto, on a clock that stands still.
private struct Fixture {
    let clock = ManualClock()
    let ids = Identifiers.forTests()
    let memory: MemoryTransactions
    let signer: AccessTokenSigner
    let useCases: APIKeyUseCases
    let known = KnownAPIKeys()
    let uses = APIKeyUses()
    let tenant: TenantID
    let owner: Caller
    private let keys: InstallationKeys
    private let sealer: EnvelopeSealer

    init() async throws {
        let access = AccessObservers()
        memory = MemoryTransactions(clock: clock, identifiers: ids, access: access)
        let keks = KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))])
        keys = try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory),
            randomness: SystemRandomness(), clock: clock)
        signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: SystemRandomness())
        sealer = EnvelopeSealer(
            keks: keks, dataKeys: MemoryKeys(memory), randomness: SystemRandomness(), clock: clock)
        useCases = APIKeyUseCases(
            transactions: memory, authorizer: RoleAuthorizer(), digests: keys.digests, sealer: sealer,
            cryptography: OpenSSLMessageCryptography(), identifiers: ids, randomness: SystemRandomness(), clock: clock)
        access.add(known)
        tenant = ids.next()
        owner = Caller(
            .user(SignedInUser(id: ids.next(), tenant: tenant, session: ids.next(), roles: [.owner])), from: .test)
        try await MemoryKeys(memory).addIfAbsent(try sealer.firstKey(for: tenant))
        let new = Tenant.register(
            id: tenant, slug: try TenantSlug("acme"), name: try DisplayName("Acme"), plan: .free, at: clock.now()
        ).0
        try await memory.write(for: owner) { work throws(Failure) in try await work.tenants.add(new) }
    }

    /// As another process has it: with a memory of its own over the same stores.
    func verification(_ known: KnownAPIKeys? = nil) -> APIKeyVerification {
        APIKeyVerification(
            transactions: memory, directory: MemoryAPIKeyDirectory(memory), seen: MemorySeenSignatures(memory),
            sealer: sealer, digests: keys.digests, cryptography: OpenSSLMessageCryptography(),
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

@Suite struct VerifyAPIKeyTests {
    @Test("A key proves who it is, from memory once it was read, and for a minute")
    func verify() async throws {
        let fixture = try await Fixture()
        let issued = try await fixture.create()
        let text = issued.secret.revealedText()
        let keys = fixture.verification().keys
        #expect(try keys.remembered(text, from: .test) == nil)
        let principal = try await keys.execute(text, from: .test)
        #expect(principal == issued.key.principal)
        #expect(try keys.remembered(text, from: .test) == principal)
        fixture.clock.advance(by: .seconds(59))
        #expect(try keys.remembered(text, from: .test) == principal)
        fixture.clock.advance(by: .seconds(1))
        #expect(try keys.remembered(text, from: .test) == nil)
    }

    @Test("Junk and unknown keys are refused alike; that a key is unknown is remembered for a while")
    func unknown() async throws {
        let fixture = try await Fixture()
        let keys = fixture.verification().keys
        let stranger = APIKeyText.random(by: SystemRandomness()).secret.revealedText()
        for text in ["tnk_junk", stranger] {
            let refused = await failure { () throws(Failure) in _ = try await keys.execute(text, from: .test) }
            #expect(refused?.code == .invalidAPIKey)
            #expect(refused?.detail == Failure.invalidAPIKey.detail)
        }
        #expect(throws: Failure.self) { try keys.remembered(stranger, from: .test) }
        fixture.clock.advance(by: KnownAPIKeys.absence)
        #expect(try keys.remembered(stranger, from: .test) == nil)
        #expect(fixture.refusals.isEmpty)
    }

    @Test("A revoked, disabled or rotated key is dropped from memory at once")
    func revocation() async throws {
        let fixture = try await Fixture()
        let keys = fixture.verification().keys
        let revoked = try await fixture.create()
        let disabled = try await fixture.create()
        let rotated = try await fixture.create()
        for issued in [revoked, disabled, rotated] {
            _ = try await keys.execute(issued.secret.revealedText(), from: .test)
        }
        try await fixture.useCases.revoke.execute(RevokeAPIKey.Input(id: revoked.key.id), as: fixture.owner)
        _ = try await fixture.useCases.update.execute(
            UpdateAPIKey.Input(id: disabled.key.id, status: .disabled), as: fixture.owner)
        let successor = try await fixture.useCases.rotate.execute(
            RotateAPIKey.Input(id: rotated.key.id, overlap: .zero), as: fixture.owner)
        for issued in [revoked, disabled, rotated] {
            let text = issued.secret.revealedText()
            #expect(try keys.remembered(text, from: .test) == nil)
            let refused = await failure { () throws(Failure) in _ = try await keys.execute(text, from: .test) }
            #expect(refused?.code == .invalidAPIKey)
        }
        #expect(try await keys.execute(successor.secret.revealedText(), from: .test).id == rotated.key.id)
    }

    @Test("What was read before a change is not kept behind it")
    func lateRead() async throws {
        let fixture = try await Fixture()
        let issued = try await fixture.create()
        let known = KnownAPIKeys()
        let before = known.changes
        known.changed(AccessChange(id: fixture.ids.next(), .apiKey(issued.key.id)))
        let digest = issued.key.credentials[0].digest
        known.keep(
            KnownAPIKey(issued.key, [], readAt: fixture.clock.now()), under: digest, unlessChangedSince: before)
        guard case .mustRead = known.look(up: digest, at: fixture.clock.now()) else {
            Issue.record("the old read was kept")
            return
        }
    }

    @Test("Expiry and network are asked at every use, and a refusal stands in the audit log with its reason")
    func refusals() async throws {
        let fixture = try await Fixture()
        let keys = fixture.verification().keys
        let issued = try await fixture.create {
            $0.expiresAt = fixture.clock.now() + .seconds(30)
            $0.networks = try AllowedNetworks(["10.0.0.0/8"])
        }
        let text = issued.secret.revealedText()
        let inside = Origin(address: "10.0.0.1", requestID: "r")
        let outside = Origin(address: "192.0.2.1", requestID: "r")
        _ = try await keys.execute(text, from: inside)
        #expect(try keys.remembered(text, from: inside) != nil)
        #expect(try keys.remembered(text, from: outside) == nil)
        _ = await failure { () throws(Failure) in _ = try await keys.execute(text, from: outside) }
        fixture.clock.advance(by: .seconds(30))
        #expect(try keys.remembered(text, from: inside) == nil)
        _ = await failure { () throws(Failure) in _ = try await keys.execute(text, from: inside) }
        #expect(fixture.refusals == ["address_not_allowed", "expired"])
    }

    @Test("Uses are written down off the way, once a minute")
    func uses() async throws {
        let fixture = try await Fixture()
        let issued = try await fixture.create()
        let text = issued.secret.revealedText()
        let keys = fixture.verification().keys
        let recording = Task {
            await RecordAPIKeyUses(transactions: fixture.memory, uses: fixture.uses).run()
        }
        defer { recording.cancel() }
        func lastUse() async throws -> Timestamp? {
            try await fixture.useCases.get.execute(issued.key.id, as: fixture.owner).lastUse?.at
        }
        let first = fixture.clock.now()
        _ = try await keys.execute(text, from: Origin(address: "::1", requestID: "r"))
        while try await lastUse() == nil { await Task.yield() }
        fixture.clock.advance(by: .seconds(30))
        _ = try keys.remembered(text, from: .test)
        #expect(try await lastUse() == first)
        fixture.clock.advance(by: .seconds(31))
        _ = try await keys.execute(text, from: .test)
        while try await lastUse() == first { await Task.yield() }
        #expect(try await lastUse() == first + .seconds(61))
    }

    @Test("Nobody makes, widens or rotates a key beyond what it holds itself; a key makes none")
    func privileges() async throws {
        let fixture = try await Fixture()
        let member = fixture.user([.member])
        let wide = try await fixture.create(scopes: [.apiKeysWrite, .apiKeysRead, .configsRead])
        let program = Caller(.apiKey(wide.key.principal), from: .test)
        func code(_ body: () async throws -> Void) async -> FailureCode? {
            do {
                try await body()
                return nil
            } catch { return (error as? Failure)?.code }
        }
        #expect(await code { _ = try await fixture.create(as: member) } == .permissionDenied)
        #expect(await code { _ = try await fixture.create(as: program) } == .permissionDenied)
        #expect(
            await code {
                _ = try await fixture.useCases.rotate.execute(RotateAPIKey.Input(id: wide.key.id), as: program)
            } == .permissionDenied)
        #expect(await code { _ = try await fixture.create(scopes: [.quotasWrite]) } == .permissionDenied)
        #expect(
            await code {
                _ = try await fixture.useCases.update.execute(
                    UpdateAPIKey.Input(id: wide.key.id, scopes: [.configsRead, .quotasWrite]), as: fixture.owner)
            } == .permissionDenied)
        #expect(try await fixture.useCases.get.execute(wide.key.id, as: program).id == wide.key.id)
    }

    @Test("A key of a suspended tenant is refused as its users are")
    func suspendedTenant() async throws {
        let fixture = try await Fixture()
        let text = try await fixture.create().secret.revealedText()
        let tenants = TenantAccessCache()
        let authenticate = fixture.authenticate(tenants)
        let caller = try await authenticate.execute(.apiKey(text), from: .test)
        #expect(caller.tenant == fixture.tenant)
        #expect(try authenticate.remembered(.apiKey(text), from: .test)?.subject == caller.subject)
        tenants.keep(
            TenantAccess(tenant: fixture.tenant, status: .suspended, plan: .free), at: fixture.clock.now())
        let refused = await failure { () throws(Failure) in
            _ = try await authenticate.execute(.apiKey(text), from: .test)
        }
        #expect(refused?.code == .tenantSuspended)
    }
}

@Suite struct VerifySignatureTests {
    private func request(_ fields: [SignableRequest.Field] = []) -> SignableRequest {
        SignableRequest(
            method: "GET", scheme: "https", authority: "api.example.com", requestTarget: "/api/v1/namespaces",
            path: "/api/v1/namespaces", query: "", fields: fields)
    }

    private func signed(
        _ fixture: Fixture, _ id: APIKeyID, _ key: RequestSigner.Key, nonce: String = "n"
    ) throws -> SignedRequest {
        let signer = try #require(RequestSigner(id, key))
        return try SignedRequest(
            request(
                try signer.fields(signing: request(), body: [], at: fixture.clock.now(), nonce: nonce)))
    }

    @Test("A signature proves its key, by a shared secret and by Ed25519, on every process")
    func algorithms() async throws {
        let fixture = try await Fixture()
        let seed = Secret(SystemRandomness().bytes(32))
        let publicKey = try #require(RequestSigner(fixture.ids.next(), .ed25519(seed))?.publicKey)
        let shared = try await fixture.create(.hmacSHA256)
        let open = try await fixture.create(.ed25519(publicKey: publicKey)) { $0.requiresSignature = true }
        let verification = fixture.verification().signatures
        for (key, id) in [
            (RequestSigner.Key.hmacSHA256(try #require(shared.sharedSecret)), shared.key.id),
            (.ed25519(seed), open.key.id),
        ] {
            let request = try signed(fixture, id, key)
            #expect(try verification.remembered(request, from: .test) == nil)
            #expect(try await verification.execute(request, from: .test).id == id)
            #expect(try verification.remembered(request, from: .test)?.id == id)
            let wrong = try signed(fixture, id, .hmacSHA256(Secret(SystemRandomness().bytes(32))))
            #expect(throws: Failure.self) { try verification.remembered(wrong, from: .test) }
        }
        let bare = open.secret.revealedText()
        let refused = await failure { () throws(Failure) in
            _ = try await fixture.verification().keys.execute(bare, from: .test)
        }
        #expect(refused?.code == .invalidAPIKey)
        #expect(fixture.refusals == ["signature_required"])
    }

    @Test("A signature is taken once, on whichever process, and in its window alone")
    func replay() async throws {
        let fixture = try await Fixture()
        let issued = try await fixture.create(.hmacSHA256)
        let key = RequestSigner.Key.hmacSHA256(try #require(issued.sharedSecret))
        let request = try signed(fixture, issued.key.id, key)
        let here = fixture.verification().signatures
        let there = fixture.verification(KnownAPIKeys()).signatures
        try await here.admit(request, body: [], in: fixture.tenant)
        for process in [here, there] {
            let replayed = await failure { () throws(Failure) in
                try await process.admit(request, body: [], in: fixture.tenant)
            }
            #expect(replayed?.code == .signatureReplayed)
        }
        try await there.admit(try signed(fixture, issued.key.id, key, nonce: "o"), body: [], in: fixture.tenant)
        let late = try signed(fixture, issued.key.id, key, nonce: "p")
        fixture.clock.advance(by: .seconds(301))
        let refused = await failure { () throws(Failure) in
            try await here.admit(late, body: [], in: fixture.tenant)
        }
        #expect(refused?.code == .invalidSignature)
    }

    @Test("While a key rotates both of its shared secrets sign; then the newer one alone")
    func rotation() async throws {
        let fixture = try await Fixture()
        let first = try await fixture.create(.hmacSHA256)
        let second = try await fixture.useCases.rotate.execute(
            RotateAPIKey.Input(id: first.key.id, overlap: .seconds(50)), as: fixture.owner)
        let verification = fixture.verification().signatures
        let keys = try [first, second].map { RequestSigner.Key.hmacSHA256(try #require($0.sharedSecret)) }
        for key in keys {
            let request = try signed(fixture, first.key.id, key)
            #expect(try await verification.execute(request, from: .test).id == first.key.id)
        }
        fixture.clock.advance(by: .seconds(50))
        let ended = try signed(fixture, first.key.id, keys[0])
        let refused = await failure { () throws(Failure) in _ = try await verification.execute(ended, from: .test) }
        #expect(refused?.code == .invalidSignature)
        let request = try signed(fixture, first.key.id, keys[1])
        #expect(try await verification.execute(request, from: .test).id == first.key.id)
    }

    @Test("An unknown key, and one without a signing key, are answered as a signature that does not fit")
    func unknownKey() async throws {
        let fixture = try await Fixture()
        let plain = try await fixture.create()
        let verification = fixture.verification().signatures
        for id in [fixture.ids.next(), plain.key.id] {
            let request = try signed(fixture, id, .hmacSHA256(Secret([1])))
            let refused = await failure { () throws(Failure) in
                _ = try await verification.execute(request, from: .test)
            }
            #expect(refused?.code == .invalidSignature)
            #expect(refused?.detail == Failure.invalidSignature().detail)
        }
    }
}
