import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonCrypto

@Suite struct KeyVersionTests {
    private let clock = ManualClock()
    private let randomness = SystemRandomness()
    private let ids = Identifiers.forTests()
    private let memory: MemoryTransactions
    private let (first, second): (Secret, Secret)

    init() {
        memory = MemoryTransactions(clock: clock, identifiers: ids)
        first = Secret(randomness.bytes(32))
        second = Secret(randomness.bytes(32))
    }

    private var old: KeyEncryptionKeys { KeyEncryptionKeys([1: first]) }
    private var both: KeyEncryptionKeys { KeyEncryptionKeys([1: first, 2: second]) }
    private var new: KeyEncryptionKeys { KeyEncryptionKeys([2: second]) }
    private let operatorCaller = Caller(.system(job: "tests", tenant: .platform), from: .test)

    private func open(_ keks: KeyEncryptionKeys, secretKey: Secret? = nil) async throws(Failure) -> InstallationKeys {
        try await InstallationKeys.open(
            keks: keks, secretKey: secretKey, dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory),
            randomness: randomness, clock: clock)
    }

    private func sealer(_ keks: KeyEncryptionKeys) -> EnvelopeSealer {
        EnvelopeSealer(keks: keks, dataKeys: MemoryKeys(memory), randomness: randomness, clock: clock)
    }

    private func wrapping(_ keks: KeyEncryptionKeys, secretKey: Secret? = nil) -> EnvelopeKeyWrapping {
        EnvelopeKeyWrapping(keks: keks, secretKey: secretKey, randomness: randomness)
    }

    @Test("a new version seals within seconds in a process that keeps opened keys, and older values still open")
    func newVersion() async throws {
        let sealer = sealer(old)
        let tenant: TenantID = ids.next()
        let key = try sealer.firstKey(for: tenant)
        try await MemoryKeys(memory).addIfAbsent(key)
        let place = SealPlace(tenant: tenant, table: "t", row: tenant, field: "f")
        let before = try await sealer.seal([1], at: place)
        try await MemoryKeys(memory).addIfAbsent(wrapping(old).successor(of: key, at: clock.now()))
        clock.advance(by: WrappedDataKey.openedLifetime - .milliseconds(1))
        #expect(try await sealer.seal([2], at: place).keyVersion == 1)
        clock.advance(by: .milliseconds(1))
        let after = try await sealer.seal([2], at: place)
        #expect(after.keyVersion == 2)
        #expect(try await sealer.open(before, at: place) == [1])
        #expect(try await sealer.open(after, at: place) == [2])
    }

    @Test("a process whose clock was set back loads the keys instead of keeping them for ever")
    func clockSetBack() async throws {
        let sealer = sealer(old)
        let tenant: TenantID = ids.next()
        let key = try sealer.firstKey(for: tenant)
        try await MemoryKeys(memory).addIfAbsent(key)
        let place = SealPlace(tenant: tenant, table: "t", row: tenant, field: "f")
        _ = try await sealer.seal([1], at: place)
        try await MemoryKeys(memory).addIfAbsent(wrapping(old).successor(of: key, at: clock.now()))
        clock.setBack(by: .seconds(3600))
        clock.advance(by: WrappedDataKey.openedLifetime)
        #expect(try await sealer.seal([1], at: place).keyVersion == 2)
    }

    @Test("a destroyed key is a clear failure to read and to write, at once where it is told and else within seconds")
    func destroyed() async throws {
        let (near, far) = (sealer(old), sealer(old))
        let tenant: TenantID = ids.next()
        try await MemoryKeys(memory).addIfAbsent(try near.firstKey(for: tenant))
        let place = SealPlace(tenant: tenant, table: "t", row: tenant, field: "f")
        let sealed = try await near.seal([1], at: place)
        #expect(try await far.open(sealed, at: place) == [1])
        _ = try await MemoryKeyRotation(memory).destroy(of: tenant, as: operatorCaller) { _ in
            DomainEvent(.dataKeysDestroyed, on: .tenant(tenant))
        }
        near.forgetKeys(of: tenant)
        clock.advance(by: WrappedDataKey.openedLifetime)
        for sealer in [near, far] {
            let read = await failure { () throws(Failure) in try await sealer.open(sealed, at: place) }
            #expect(read?.code == .tenantKeyDestroyed)
            let write = await failure { () throws(Failure) in try await sealer.seal([1], at: place) }
            #expect(write?.code == .tenantKeyDestroyed)
        }
    }

    @Test(
        "the token-signing keys open under every KEK that is set, and under the newest alone once they are wrapped anew"
    )
    func signingKeys() async throws {
        let before = try await open(old)
        #expect(try await open(both).signingKeys.map(\.keyID) == before.signingKeys.map(\.keyID))
        let alone = await failure { () throws(Failure) in try await open(new) }
        #expect(alone?.code == .keyEncryptionKeyMissing)

        let stored = try #require(try await MemoryKeys(memory).all().first)
        let wrapped = try #require(try wrapping(both).rewrap(stored))
        #expect(try await MemoryKeyRotation(memory).replaceWrapping(of: stored, by: wrapped))
        let rewrapped = try #require(try await MemoryKeys(memory).all().first)
        #expect(try wrapping(both).rewrap(rewrapped) == nil)
        #expect(try wrapping(new).rewrap(rewrapped) == nil)
        let refused = await failure { () throws(Failure) in try wrapping(old).rewrap(rewrapped) }
        #expect(refused?.code == .keyEncryptionKeyWrong)
    }

    @Test("a SECRET_KEY that is set later finds the keys, and wraps them anew")
    func secretKey() async throws {
        let before = try await open(old)
        let secret = Secret("a secret of the operator's".utf8)
        #expect(try await open(old, secretKey: secret).signingKeys.map(\.keyID) == before.signingKeys.map(\.keyID))
        let stored = try #require(try await MemoryKeys(memory).all().first)
        let wrapped = try #require(try wrapping(old, secretKey: secret).rewrap(stored))
        _ = try await MemoryKeyRotation(memory).replaceWrapping(of: stored, by: wrapped)
        let rewrapped = try #require(try await MemoryKeys(memory).all().first)
        #expect(try wrapping(both, secretKey: secret).rewrap(rewrapped) == nil)
        let other = await failure { () throws(Failure) in
            try await open(old, secretKey: Secret("another secret".utf8))
        }
        #expect(other?.detail.contains("SECRET_KEY") == true)
    }

    @Test("a data key that is wrapped anew is the same key")
    func rewrap() async throws {
        let tenant: TenantID = ids.next()
        let key = try sealer(old).firstKey(for: tenant)
        let rewrapped = try wrapping(both).rewrap(key)
        #expect(rewrapped.kekVersion == 2)
        #expect(rewrapped.createdAt == key.createdAt)
        #expect(try new.unwrap(rewrapped) == old.unwrap(key))
        #expect(wrapping(new).digest(of: rewrapped) != wrapping(new).digest(of: key))
        #expect(wrapping(new).successor(of: rewrapped, at: clock.now()).version == 2)
    }

    @Test("a rotation of the token-signing keys takes effect in a signer that runs; tokens of both keys verify")
    func reload() async throws {
        let signer = try AccessTokenSigner(keys: try await open(old).signingKeys, randomness: randomness)
        let reload = SigningKeyReload(signer: signer, signingKeys: MemoryKeys(memory), keks: old, secretKey: nil)
        let claims = AccessClaims(
            subject: ids.next(), tenant: ids.next(), session: ids.next(), roles: [.owner], userVersion: 1,
            issuedAt: clock.now(),
            expiresAt: clock.now() + .seconds(1800))
        let early = try signer.sign(claims)
        let firstID = try #require(signer.publicKeys().first?.keyID)

        let next = try wrapping(old).newSigningKey(at: clock.now())
        let rotation = MemoryKeyRotation(memory)
        #expect(try await rotation.take(.publish(next), at: clock.now(), as: operatorCaller))
        try await reload.execute()
        #expect(Set(signer.publicKeys().map(\.keyID)) == [firstID, next.keyID])
        #expect(try signer.sign(claims).hasPrefix(early.prefix { $0 != "." }))

        let activation = SigningKeyStep.activate(pending: next.keyID, retiring: firstID)
        #expect(try await rotation.take(activation, at: clock.now(), as: operatorCaller))
        try await reload.execute()
        let late = try signer.sign(claims)
        #expect(!late.hasPrefix(early.prefix { $0 != "." }))
        let fresh = try AccessTokenSigner(keys: try await open(old).signingKeys, randomness: randomness)
        #expect(try fresh.verify(early, at: clock.now()) == claims)
        #expect(try fresh.verify(late, at: clock.now()) == claims)
        #expect(try signer.verify(early, at: clock.now()) == claims)

        #expect(try await rotation.take(.remove(firstID), at: clock.now(), as: operatorCaller))
        try await reload.execute()
        #expect(signer.publicKeys().map(\.keyID) == [next.keyID])
        // It was verified before, and is not taken from memory.
        let refused = await failure { () throws(Failure) in try signer.verify(early, at: clock.now()) }
        #expect(refused?.code == .notAuthenticated)
        #expect(try signer.verify(late, at: clock.now()) == claims)
    }

    @Test("a receipt verifies with the published key, and passes for no access token")
    func receipt() async throws {
        let keys = try await open(old).signingKeys
        let signer = try AccessTokenSigner(keys: keys, randomness: randomness)
        let receipt = try signer.sign(["tenant": "acme"], type: "test+jws")
        let parts = receipt.split(separator: ".").map(String.init)
        let head = try JSONParser.parse(try #require(Base64URL.decode(parts[0])))
        #expect(head == ["alg": "Ed25519", "typ": "test+jws", "kid": .string(keys[0].keyID)])
        #expect(Base64URL.decode(parts[1]).map { String(decoding: $0, as: UTF8.self) } == #"{"tenant":"acme"}"#)
        let key = try #require(Ed25519PublicKey(signer.publicKeys()[0].ed25519))
        #expect(
            key.verifies(try #require(Base64URL.decode(parts[2])), of: Array((parts[0] + "." + parts[1]).utf8)))
        let refused = await failure { () throws(Failure) in try signer.verify(receipt, at: clock.now()) }
        #expect(refused?.code == .notAuthenticated)
    }
}
