import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonCrypto

@Suite struct TokenTests {
    private let clock = ManualClock()
    private let ids = Identifiers.forTests()

    private func installation() async throws -> InstallationKeys {
        let memory = MemoryTransactions(clock: clock, identifiers: ids)
        return try await InstallationKeys.open(
            keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), secretKey: nil,
            dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory), randomness: SystemRandomness(), clock: clock)
    }

    private func claims(life: Duration = .seconds(1800)) -> AccessClaims {
        AccessClaims(
            subject: ids.next(), tenant: ids.next(), session: ids.next(), roles: [.owner, .viewer], userVersion: 3,
            issuedAt: clock.now(), expiresAt: clock.now() + life)
    }

    private func reason(_ signer: AccessTokenSigner, _ token: String) -> TokenFault? {
        do {
            _ = try signer.verify(token, at: clock.now())
            return nil
        } catch {
            #expect(error.code == .notAuthenticated)
            #expect(error.detail == "The access token is not valid.")
            return error.cause as? TokenFault
        }
    }

    @Test("what is signed verifies, from the cache as well, until it expires")
    func life() async throws {
        let signer = try AccessTokenSigner(keys: await installation().signingKeys, randomness: SystemRandomness())
        let claims = claims()
        let token = try signer.sign(claims)
        #expect(try signer.verify(token, at: clock.now()) == claims)
        #expect(try signer.verify(token, at: clock.now()) == claims)
        clock.advance(by: .seconds(1799))
        #expect(try signer.verify(token, at: clock.now()) == claims)
        clock.advance(by: .seconds(1))
        #expect(reason(signer, token) == .expired)
        let fresh = try AccessTokenSigner(keys: await installation().signingKeys, randomness: SystemRandomness())
        #expect(reason(fresh, token) == .unknownKey)
    }

    @Test("a token that lives longer than tokens may is refused, so that none outlives what is known of its revocation")
    func longLife() async throws {
        let keys = try await installation().signingKeys
        let former = try AccessTokenSigner(keys: keys, randomness: SystemRandomness())
        let signer = try AccessTokenSigner(keys: keys, longestLife: .seconds(1800), randomness: SystemRandomness())
        #expect(reason(signer, try former.sign(claims(life: .seconds(1801)))) == .wrongClaims)
        #expect(reason(signer, try former.sign(claims())) == nil)
    }

    @Test("a revoked session's tokens are refused, those in the cache and those never seen")
    func revoked() async throws {
        let signer = try AccessTokenSigner(keys: await installation().signingKeys, randomness: SystemRandomness())
        let claims = claims()
        let seen = try signer.sign(claims)
        let unseen = try signer.sign(claims)
        _ = try signer.verify(seen, at: clock.now())
        signer.revoke(AccessChange(id: ids.next(), .session(claims.session)), at: clock.now())
        #expect(reason(signer, seen) == .revoked)
        #expect(reason(signer, unseen) == .revoked)
        #expect(reason(signer, try signer.sign(self.claims())) == nil)
    }

    @Test("the attacks of RFC 8725 are refused")
    func attacks() async throws {
        let keys = try await installation().signingKeys
        let signer = try AccessTokenSigner(keys: keys, randomness: SystemRandomness())
        let key = keys[0]
        let token = try signer.sign(claims())
        let parts = token.split(separator: ".").map(String.init)
        func forged(_ header: String, _ payload: String? = nil, by signing: Ed25519PrivateKey? = nil) -> String {
            let signed = Base64URL.encode(Array(header.utf8)) + "." + (payload ?? parts[1])
            return signed + "." + Base64URL.encode((signing ?? key.privateKey).sign(Array(signed.utf8)))
        }
        let kid = key.keyID
        let stranger = try #require(Ed25519PrivateKey(seed: Secret(SystemRandomness().bytes(32))))
        #expect(reason(signer, forged(#"{"alg":"Ed25519","typ":"at+jwt","kid":"\#(kid)"}"#)) == nil)
        #expect(
            reason(signer, Base64URL.encode(Array(#"{"alg":"none","typ":"at+jwt"}"#.utf8)) + ".\(parts[1]).")
                == .wrongAlgorithm)
        let mac = Base64URL.encode(Array(#"{"alg":"HS256","typ":"at+jwt","kid":"\#(kid)"}"#.utf8)) + "." + parts[1]
        #expect(
            reason(
                signer, mac + "." + Base64URL.encode(HMACSHA256.authenticate(Array(mac.utf8), key: key.publicKey.bytes))
            )
                == .wrongAlgorithm)
        for (header, fault) in [
            (#"{"alg":"EdDSA","typ":"at+jwt","kid":"\#(kid)"}"#, TokenFault.wrongAlgorithm),
            (#"{"alg":"Ed25519","typ":"JWT","kid":"\#(kid)"}"#, .wrongType),
            (#"{"alg":"Ed25519","kid":"\#(kid)"}"#, .wrongType),
            (#"{"alg":"Ed25519","typ":"at+jwt","crit":["b64"],"kid":"\#(kid)"}"#, .wrongType),
            (#"{"alg":"Ed25519","typ":"at+jwt","kid":"../../etc/passwd"}"#, .unknownKey),
            (#"{"alg":"Ed25519","typ":"at+jwt"}"#, .unknownKey),
            (#"{"alg":"Ed25519","alg":"Ed25519","typ":"at+jwt","kid":"\#(kid)"}"#, .malformed),
            ("[]", .malformed),
        ] {
            #expect(reason(signer, forged(header)) == fault, "\(header)")
        }
        let good = #"{"alg":"Ed25519","typ":"at+jwt","kid":"\#(kid)"}"#
        #expect(reason(signer, forged(good, by: stranger)) == .wrongSignature)
        #expect(reason(signer, parts[0] + "." + parts[1] + ".") == .wrongSignature)
        #expect(reason(signer, parts[0] + "." + parts[1]) == .malformed)
        #expect(reason(signer, token + "." + parts[2]) == .malformed)
        #expect(reason(signer, token + "=") == .malformed)
        #expect(reason(signer, String(token.dropLast(4))) != nil)
        #expect(reason(signer, token + String(repeating: "A", count: 5000)) == .malformed)
        #expect(reason(signer, "") == .malformed)
    }

    @Test("claims that are not ours are refused though the signature is right")
    func foreignClaims() async throws {
        let keys = try await installation().signingKeys
        let signer = try AccessTokenSigner(keys: keys, randomness: SystemRandomness())
        let token = try signer.sign(claims())
        let parts = token.split(separator: ".").map(String.init)
        let content = try JSONParser.parse(try #require(Base64URL.decode(parts[1])))
        func changed(_ name: String, _ value: JSONValue?) -> String {
            var object = content.objectValue ?? JSONObject()
            object[name] = value
            let signed = parts[0] + "." + Base64URL.encode(JSONValue.object(object).encoded())
            return signed + "." + Base64URL.encode(keys[0].privateKey.sign(Array(signed.utf8)))
        }
        for (name, value, fault) in [
            ("iss", "mallory", .wrongClaims), ("aud", "other", .wrongClaims), ("aud", nil, .wrongClaims),
            ("sub", "usr_x", .wrongClaims), ("tid", "usr_00000000000000000000000000", .wrongClaims),
            ("roles", ["God"], .wrongClaims), ("roles", "owner", .wrongClaims), ("exp", "soon", .wrongClaims),
            ("exp", .integer(.max), .wrongClaims), ("exp", 1, .expired),
            ("exp", .integer(clock.now().secondsSince1970 + 86_401), .wrongClaims),
            ("exp", .integer(clock.now().secondsSince1970 + 86_400), nil),
            ("iat", .integer(clock.now().secondsSince1970 + 61), .notYetValid),
        ] as [(String, JSONValue?, TokenFault?)] {
            #expect(reason(signer, changed(name, value)) == fault, "\(name)")
        }
    }

    @Test("a refresh token reads back; every changed character is noticed")
    func refresh() async throws {
        let tokens = try await installation().refreshTokens
        let ticket = RefreshTicket(tenant: ids.next(), session: ids.next(), counter: 42)
        let token = tokens.issue(ticket)
        #expect(tokens.read(token) == ticket)
        #expect(tokens.issue(ticket) == token)
        let text = Array(token.revealedText())
        for index in text.indices {
            var changed = text
            changed[index] = changed[index] == "A" ? "B" : "A"
            #expect(tokens.read(Secret(String(changed).utf8)) == nil, "character \(index)")
        }
        #expect(tokens.read(Secret((token.revealedText() + "A").utf8)) == nil)
        #expect(try await installation().refreshTokens.read(token) == nil)
    }
}
