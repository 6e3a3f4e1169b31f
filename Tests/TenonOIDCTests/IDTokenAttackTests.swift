import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonCrypto
@testable import TenonOIDC

/// The attacks of RFC 8725, each on a token that would else pass.
@Suite struct IDTokenAttackTests {
    @Test("a token that says what it should passes, under both names of its algorithm")
    func honest() async throws {
        let fixture = try OpenIDFixture()
        for name in ["EdDSA", "Ed25519"] {
            let token = fixture.hostile.sign(fixture.claims()) { $0["alg"] = .string(name) }
            #expect(await fixture.refusal(of: token) == nil)
        }
        let identity = try await fixture.identify().get()
        #expect(identity.subject == "ann")
        #expect(identity.claims["email"] == "ann@acme.example")
        #expect(fixture.hostile.count(of: "/jwks") == 1, "the keys are kept")
    }

    @Test("no signature, or one by a shared secret, is refused whatever the secret is")
    func algorithms() async throws {
        let fixture = try OpenIDFixture()
        for name in ["none", "None", "nOnE", "NONE", "", "HS256", "HS384", "HS512", "ES256K", "RS1", "ES512", "eddsa"] {
            let token = fixture.hostile.sign(fixture.claims()) { $0["alg"] = .string(name) }
            #expect(await fixture.refusal(of: token) == .algorithmRefused(name))
            let bare = token.split(separator: ".").prefix(2).joined(separator: ".") + "."
            #expect(await fixture.refusal(of: bare) == .algorithmRefused(name))
        }
        // HMAC over the token with the public key as it is published, and as its bytes.
        let x = try #require(fixture.hostile.keySet["keys"]?.arrayValue?[0]["x"]?.stringValue)
        for secret in [Array(x.utf8), Base64URL.decode(x) ?? []] {
            var head = JSONObject()
            head["alg"] = "HS256"
            head["kid"] = "k1"
            let signed =
                Base64URL.encode(JSONValue.object(head).encoded()) + "."
                + Base64URL.encode(fixture.claims().encoded())
            let forged = signed + "." + Base64URL.encode(HMACSHA256.authenticate(Array(signed.utf8), key: secret))
            #expect(await fixture.refusal(of: forged) == .algorithmRefused("HS256"))
        }
        let withoutAlgorithm = fixture.hostile.sign(fixture.claims()) { $0["alg"] = nil }
        #expect(await fixture.refusal(of: withoutAlgorithm) == .algorithmRefused(""))
    }

    @Test("an algorithm that is not the key's is refused, also where another key has it")
    func mismatch() async throws {
        let fixture = try OpenIDFixture()
        for name in ["RS256", "PS256", "ES256", "ES384"] {
            let token = fixture.hostile.sign(fixture.claims()) { $0["alg"] = .string(name) }
            #expect(await fixture.refusal(of: token) == .algorithmRefused(name))
        }
    }

    @Test("a key that the header brings along, or the address of one, is not looked at")
    func broughtKeys() async throws {
        let fixture = try OpenIDFixture()
        let foreign = HostileProvider.key(9)
        let key: JSONValue = ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(foreign.publicKey))]
        let members: [(String, JSONValue)] = [
            ("jwk", key), ("jku", .string("\(fixture.hostile.issuer)/evil")), ("x5c", ["MIIB"]),
            ("x5u", .string("\(fixture.hostile.issuer)/evil")), ("crit", ["exp"]), ("crit", []), ("b64", false),
            ("zip", "DEF"), ("enc", "A256GCM"),
        ]
        for (name, value) in members {
            let token = fixture.hostile.sign(fixture.claims()) { $0[name] = value }
            #expect(await fixture.refusal(of: token) == .malformedToken("its header has \(name)"))
        }
        #expect(fixture.hostile.count(of: "/evil") == 0)
    }

    @Test("the id of a key is a name to look up and nothing else")
    func keyIDs() async throws {
        let fixture = try OpenIDFixture()
        let names = [
            "../../../../dev/null", "/etc/passwd", "k1' OR '1'='1", "k2", "K1", String(repeating: "k", count: 256),
        ]
        for name in names {
            let token = fixture.hostile.sign(fixture.claims()) { $0["kid"] = .string(name) }
            let expected: OpenIDFault =
                name.contains(" ") ? .malformedToken("the key's id must be printable ASCII") : .unknownKey
            #expect(await fixture.refusal(of: token) == expected)
        }
        for kid: JSONValue in [1, ["k1"], "", .string(String(repeating: "k", count: 257)), "k\u{1}1", "\u{212A}1"] {
            let token = fixture.hostile.sign(fixture.claims()) { $0["kid"] = kid }
            #expect(await fixture.refusal(of: token) == .malformedToken("the key's id must be printable ASCII"))
        }
        #expect(
            fixture.hostile.count(of: "/jwks") == 2, "unknown ids make the provider be asked once more, not once each")
    }

    @Test("a token without a key's id passes where one key can be meant")
    func withoutKeyID() async throws {
        let fixture = try OpenIDFixture()
        let token = fixture.hostile.sign(fixture.claims()) { $0["kid"] = nil }
        #expect(await fixture.refusal(of: token) == nil)
        let other = try OpenIDFixture()
        let one = try #require(other.hostile.keySet["keys"]?.arrayValue?[0])
        let second: JSONValue = [
            "kty": "OKP", "crv": "Ed25519", "kid": "k2",
            "x": .string(Base64URL.encode(HostileProvider.key(2).publicKey)),
        ]
        other.hostile.set("/jwks", .json(["keys": [one, second]]))
        #expect(
            await other.refusal(of: other.hostile.sign(other.claims()) { $0["kid"] = nil })
                == .algorithmRefused("Ed25519"))
    }

    @Test("a signature by another key, of other bytes, or with bits changed is refused")
    func signatures() async throws {
        let fixture = try OpenIDFixture()
        let token = fixture.hostile.sign(fixture.claims())
        let parts = token.split(separator: ".").map { String($0) }
        let other = fixture.hostile.sign(fixture.claims { $0["sub"] = "eve" }).split(separator: ".").map { String($0) }
        #expect(await fixture.refusal(of: [parts[0], other[1], parts[2]].joined(separator: ".")) == .wrongSignature)
        fixture.hostile.rotate(to: 2)
        let forged = fixture.hostile.sign(fixture.claims()) { $0["kid"] = "k1" }
        fixture.hostile.rotate(to: 1)
        #expect(await fixture.refusal(of: forged) == .wrongSignature)
        var signature = try #require(Base64URL.decode(parts[2]))
        signature[0] ^= 1
        #expect(
            await fixture.refusal(of: "\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))") == .wrongSignature)
    }

    @Test("a token of another kind is refused")
    func types() async throws {
        let fixture = try OpenIDFixture()
        for type: JSONValue in ["at+jwt", "logout+jwt", "JWE", "", 1] {
            let token = fixture.hostile.sign(fixture.claims()) { $0["typ"] = type }
            #expect(await fixture.refusal(of: token) == .malformedToken("it has another type"))
        }
        for type: JSONValue? in [nil, "jwt", "application/jwt"] {
            let token = fixture.hostile.sign(fixture.claims()) { $0["typ"] = type }
            #expect(await fixture.refusal(of: token) == nil)
        }
    }

    @Test("what is no compact JWS of three parts in strict base 64, or too long, is refused")
    func shapes() async throws {
        let fixture = try OpenIDFixture()
        let token = fixture.hostile.sign(fixture.claims())
        let large = fixture.hostile.sign(fixture.claims { $0["x"] = .string(String(repeating: "x", count: 40_000)) })
        let twice = Base64URL.encode(Array(#"{"alg":"EdDSA","alg":"none","kid":"k1"}"#.utf8))
        let tail = token.split(separator: ".").dropFirst().joined(separator: ".")
        var shapes: [String] = ["", ".", "..", "...", "a.b.c", large]
        shapes += ["\(token).", "\(token)=", "\(token) ", ".\(token)"]
        shapes.append(token.replacing(".", with: ".\n"))
        shapes.append("\(twice).\(tail)")
        shapes.append("\(token).\(tail)")
        shapes.append("W10.\(tail)")
        for shape in shapes {
            let fault = await fixture.refusal(of: shape)
            guard case .malformedToken = fault else {
                Issue.record("\(shape.prefix(40)) ended in \(String(describing: fault))")
                continue
            }
        }
    }

    @Test("claims that are another's, for another, of another time or of another login are refused")
    func claims() async throws {
        let fixture = try OpenIDFixture()
        let now = fixture.clock.now().secondsSince1970
        let issuer = fixture.hostile.issuer
        let wrong: [(String, JSONValue?, String)] = [
            ("iss", .string(issuer + "/"), "iss"), ("iss", "https://evil.example", "iss"), ("iss", nil, "iss"),
            ("iss", ["a"], "iss"), ("aud", "other", "aud"), ("aud", [], "aud"), ("aud", nil, "aud"), ("aud", 1, "aud"),
            ("aud", "tenon ", "aud"), ("aud", "Tenon", "aud"), ("aud", ["tenon", "other"], "azp"),
            ("azp", "other", "azp"), ("azp", 1, "azp"), ("nonce", "nonce-2", "nonce"), ("nonce", nil, "nonce"),
            ("nonce", "", "nonce"), ("exp", .integer(now - 60), "exp"), ("exp", nil, "exp"),
            ("exp", try JSONParser.parse("\(now - 61).999"), "exp"),
            ("iat", try JSONParser.parse("\(now + 60).001"), "iat"),
            ("nbf", try JSONParser.parse("\(now + 60).5"), "nbf"), ("exp", try JSONParser.parse("1e300"), "exp"),
            ("exp", try JSONParser.parse("-0.5e1"), "exp"), ("iat", try JSONParser.parse("1e-300"), "iat"),
            ("exp", "9999999999", "exp"), ("exp", .integer(.max), "exp"), ("exp", .integer(-1), "exp"),
            ("iat", .integer(now + 61), "iat"), ("iat", .integer(now - 601), "iat"), ("iat", nil, "iat"),
            ("iat", .integer(now + 300), "iat"), ("nbf", .integer(now + 61), "nbf"), ("nbf", "0", "nbf"),
            ("sub", nil, "sub"), ("sub", "", "sub"), ("sub", 7, "sub"), ("sub", "a\u{1}", "sub"), ("sub", "é", "sub"),
            ("sub", .string(String(repeating: "s", count: 256)), "sub"),
        ]
        for (name, value, fault) in wrong {
            let token = fixture.hostile.sign(fixture.claims { $0[name] = value })
            #expect(await fixture.refusal(of: token) == .wrongClaim(fault), "\(name) \(String(describing: value))")
        }
    }

    @Test("clocks may differ by a minute, and several audiences name the one that it was made for")
    func leeway() async throws {
        let fixture = try OpenIDFixture()
        let now = fixture.clock.now().secondsSince1970
        let right: [(inout JSONObject) -> Void] = [
            {
                $0["iat"] = .integer(now - 200)
                $0["exp"] = .integer(now - 59)
            }, { $0["iat"] = .integer(now + 60) }, { $0["nbf"] = .integer(now + 60) },
            // A NumericDate is a number (RFC 7519 §2), as some providers take it at its word.
            {
                $0["iat"] = try! JSONParser.parse("\(now - 200).25")
                $0["exp"] = try! JSONParser.parse("\(now - 60).5")
            }, { $0["exp"] = try! JSONParser.parse("\(now + 9).0") },
            { $0["exp"] = try! JSONParser.parse("4.1024448e9") },
            { $0["iat"] = try! JSONParser.parse("\(now).123456789") },
            { $0["nbf"] = try! JSONParser.parse("\(now + 59).999") },
            { $0["aud"] = ["tenon"] },
            {
                $0["aud"] = ["other", "tenon"]
                $0["azp"] = "tenon"
            },
        ]
        for change in right {
            #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims(change))) == nil)
        }
    }

    @Test("the caller learns nothing of why")
    func silence() async throws {
        let fixture = try OpenIDFixture()
        fixture.hostile.hand(out: fixture.hostile.sign(fixture.claims { $0["nonce"] = "nonce-2" }))
        guard case .failure(let failure) = await fixture.identify() else {
            Issue.record("it passed")
            return
        }
        #expect(failure.code == .ssoRefused)
        #expect(failure.detail == "The identity provider's response does not prove the user's identity.")
    }
}
