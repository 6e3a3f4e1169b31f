import TenonCrypto
import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonApplication

@Suite struct VerifySignatureTests {
    private func request(_ fields: [SignableRequest.Field] = []) -> SignableRequest {
        SignableRequest(
            method: "GET", scheme: "https", authority: "api.example.com", requestTarget: "/api/v1/namespaces",
            path: "/api/v1/namespaces", query: "", fields: fields)
    }

    private func signed(
        _ fixture: APIKeyFixture, _ id: APIKeyID, _ key: RequestSigner.Key, nonce: String = "n"
    ) throws -> SignedRequest {
        let signer = try #require(RequestSigner(id, key))
        return try SignedRequest(
            request(
                try signer.fields(signing: request(), body: [], at: fixture.clock.now(), nonce: nonce)))
    }

    @Test("A signature proves its key, by a shared secret and by Ed25519, on every process")
    func algorithms() async throws {
        let fixture = try await APIKeyFixture()
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
        let fixture = try await APIKeyFixture()
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
        let fixture = try await APIKeyFixture()
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
        let fixture = try await APIKeyFixture()
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
