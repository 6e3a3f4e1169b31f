import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonCrypto
@testable import TenonOIDC

@Suite struct OpenIDProviderTests {
    @Test("the browser is sent with state, nonce and the challenge of a verifier that follows with the code")
    func authorization() async throws {
        let fixture = try OpenIDFixture()
        fixture.hostile.set(
            HostileProvider.discovery,
            .json(
                fixture.hostile.metadata { [issuer = fixture.hostile.issuer] in
                    $0["authorization_endpoint"] = .string("\(issuer)/authorize?tenant=a")
                }))
        let url = try await fixture.provider.authorizationURL(for: fixture.login, of: fixture.client)
        let challenge = Base64URL.encode(OpenSSLPublicKeys().sha256(Array(fixture.login.verifier.utf8)))
        #expect(
            url == fixture.hostile.issuer
                + "/authorize?tenant=a&response_type=code&client_id=tenon&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcb"
                + "&scope=openid%20email&state=state-1&nonce=nonce-1&code_challenge=\(challenge)"
                + "&code_challenge_method=S256")
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims())) == nil)
        let exchange = try #require(fixture.hostile.requests.last)
        #expect(exchange.method == "POST")
        #expect(
            exchange.body == "grant_type=authorization_code&code=code-1&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcb"
                + "&code_verifier=\(fixture.login.verifier)")
    }

    @Test("the secret goes the way that the provider takes it, and a public client has none")
    func authentication() async throws {
        let basic = try OpenIDFixture()
        #expect(await basic.refusal(of: basic.hostile.sign(basic.claims())) == nil)
        // tenon:s3cret%2F%2B%20%25
        #expect(basic.hostile.requests.last?.fields["authorization"] == "Basic dGVub246czNjcmV0JTJGJTJCJTIwJTI1")
        let post = try OpenIDFixture()
        post.hostile.set(
            HostileProvider.discovery,
            .json(post.hostile.metadata { $0["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }))
        #expect(await post.refusal(of: post.hostile.sign(post.claims())) == nil)
        let request = try #require(post.hostile.requests.last)
        #expect(request.fields["authorization"] == nil)
        #expect(request.body.hasSuffix("&client_id=tenon&client_secret=s3cret%2F%2B%20%25"))
        let open = try OpenIDFixture(secret: nil)
        #expect(await open.refusal(of: open.hostile.sign(open.claims())) == nil)
        #expect(open.hostile.requests.last?.body.hasSuffix("&client_id=tenon") == true)
        #expect(open.hostile.requests.last?.fields["authorization"] == nil)
    }

    @Test("an answer that another provider sends is refused (RFC 9207)")
    func mixUp() async throws {
        let fixture = try OpenIDFixture()
        fixture.hostile.hand(out: fixture.hostile.sign(fixture.claims()))
        #expect(await fixture.fault(issuer: "https://other.example") == .wrongResponseIssuer)
        #expect(await fixture.fault(issuer: fixture.hostile.issuer) == nil)
        let strict = try OpenIDFixture()
        strict.hostile.set(
            HostileProvider.discovery,
            .json(strict.hostile.metadata { $0["authorization_response_iss_parameter_supported"] = true }))
        strict.hostile.hand(out: strict.hostile.sign(strict.claims()))
        #expect(await strict.fault() == .wrongResponseIssuer)
        #expect(strict.hostile.count(of: "/token") == 0, "the code did not leave")
        #expect(await strict.fault(issuer: strict.hostile.issuer) == nil)
    }

    @Test("a provider that lies about its issuer is not believed")
    func lyingIssuer() async throws {
        for lie: JSONValue? in ["https://accounts.example", "", nil, 1] {
            let fixture = try OpenIDFixture()
            fixture.hostile.set(HostileProvider.discovery, .json(fixture.hostile.metadata { $0["issuer"] = lie }))
            #expect(await fixture.fault() == .otherIssuer(lie?.stringValue ?? ""))
        }
        let near = try OpenIDFixture()
        let slash = near.hostile.issuer + "/"
        near.hostile.set(HostileProvider.discovery, .json(near.hostile.metadata { $0["issuer"] = .string(slash) }))
        #expect(await near.fault() == .otherIssuer(slash))
    }

    @Test("documents that are no documents are refused, wherever they stand")
    func documents() async throws {
        let bodies = ["", "{", "[]", "null", "<html>", "{\"keys\":{}}", String(repeating: "[", count: 10_000)]
        for path in [HostileProvider.discovery, "/jwks"] {
            for body in bodies where path == "/jwks" || !body.contains("keys") {
                let fixture = try OpenIDFixture()
                fixture.hostile.set(path, HostileProvider.Reply(body: Array(body.utf8)))
                let fault = await fixture.fault()
                guard case .noDocument = fault else {
                    Issue.record("\(path) with \(body.prefix(20)) ended in \(String(describing: fault))")
                    continue
                }
            }
        }
        let fixture = try OpenIDFixture()
        fixture.hostile.set("/jwks", .json(["keys": []]))
        #expect(await fixture.fault() == .noKeys)
    }

    @Test("an answer of 10 MiB is given up behind 256 KiB")
    func tooLong() async throws {
        for path in [HostileProvider.discovery, "/jwks", "/token"] {
            let fixture = try OpenIDFixture()
            fixture.hostile.set(path, HostileProvider.Reply(body: [UInt8](repeating: 0x20, count: 10 << 20)))
            #expect(await fixture.fault() == .tooLong)
        }
    }

    @Test("a provider that answers nothing, or a byte at a time, is given up")
    func slow() async throws {
        var policy = ProviderPolicy.development
        #expect(policy.patience == .seconds(5))
        policy.patience = .milliseconds(500)
        for reply in [
            HostileProvider.Reply(isSilent: true),
            HostileProvider.Reply(body: [UInt8](repeating: 0x20, count: 1000), isDripping: true),
        ] {
            let fixture = try OpenIDFixture(policy: policy)
            fixture.hostile.set(HostileProvider.discovery, reply)
            guard case .failure(let failure) = await fixture.identify() else {
                Issue.record("it passed")
                continue
            }
            #expect(failure.code == .identityProviderUnavailable)
            #expect(failure.retryAfter == .seconds(5))
        }
    }

    @Test("a provider that is gone is unavailable, and is not asked again at once")
    func gone() async throws {
        let fixture = try OpenIDFixture()
        fixture.hostile.vanish()
        guard case .failure(let failure) = await fixture.identify() else {
            Issue.record("it passed")
            return
        }
        #expect(failure.code == .identityProviderUnavailable)
        #expect(await fixture.fault() == .unreachable("it did not respond a moment ago"))
    }

    @Test("a name with several addresses is tried until one of them listens")
    func severalAddresses() async throws {
        // To most machines localhost is ::1 as well, where nobody listens.
        let hostile = try HostileProvider()
        let issuer = "http://localhost:\(hostile.port)"
        hostile.set(HostileProvider.discovery, .json(hostile.metadata { $0["issuer"] = .string(issuer) }))
        let provider = OpenIDProvider(policy: .development, keys: OpenSSLPublicKeys(), clock: ManualClock())
        let login = try OpenIDFixture().login
        let url = try await provider.authorizationURL(for: login, of: OpenIDFixture.client(issuer))
        #expect(url.hasPrefix(hostile.issuer))
    }

    @Test("nobody is led on to another address")
    func redirections() async throws {
        for path in [HostileProvider.discovery, "/jwks", "/token"] {
            let fixture = try OpenIDFixture()
            fixture.hostile.set(
                path,
                HostileProvider.Reply(status: "302 Found", fields: ["Location: \(fixture.hostile.issuer)/elsewhere"]))
            #expect(await fixture.fault() == .status(302))
            #expect(fixture.hostile.count(of: "/elsewhere") == 0)
        }
    }

    @Test("a code that the provider refuses is refused with its reason, where that is a name")
    func refusedCodes() async throws {
        let fixture = try OpenIDFixture()
        let answers: [(JSONValue, String)] = [
            (["error": "invalid_grant"], "invalid_grant"), (["error": "<b>x</b>"], "without a reason"),
            ([:], "without a reason"),
        ]
        for (body, reason) in answers {
            fixture.hostile.set("/token", .json(body, status: "400 Bad Request"))
            #expect(await fixture.fault() == .refusedCode(reason))
        }
        fixture.hostile.set("/token", .json([:], status: "503 Service Unavailable"))
        #expect(await fixture.fault() == .status(503))
        fixture.hostile.set("/token", .json(["access_token": "at"]))
        #expect(await fixture.fault() == .malformedToken("the response has no id_token"))
    }

    @Test("rotated keys are found at once, and unknown ones make the provider be asked once a minute")
    func rotation() async throws {
        let fixture = try OpenIDFixture()
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims())) == nil)
        fixture.hostile.rotate(to: 2)
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims())) == nil)
        #expect(fixture.hostile.count(of: "/jwks") == 2)
        fixture.hostile.rotate(to: 3)
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims())) == .unknownKey)
        #expect(fixture.hostile.count(of: "/jwks") == 2)
        fixture.clock.advance(by: .seconds(60))
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims())) == nil)
        #expect(fixture.hostile.count(of: "/jwks") == 3)
    }

    @Test("a provider that does not name its keys may change them as well")
    func rotationWithoutKeyIDs() async throws {
        let fixture = try OpenIDFixture()
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims()) { $0["kid"] = nil }) == nil)
        fixture.hostile.rotate(to: 2)
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims()) { $0["kid"] = nil }) == nil)
    }

    @Test("keys that are known stay in use while the provider cannot be asked")
    func staleKeys() async throws {
        let fixture = try OpenIDFixture()
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims())) == nil)
        fixture.clock.advance(by: .seconds(7200))
        fixture.hostile.set("/jwks", HostileProvider.Reply(status: "500 Oh"))
        #expect(await fixture.refusal(of: fixture.hostile.sign(fixture.claims())) == nil)
        #expect(fixture.hostile.count(of: "/jwks") == 2)
    }

    @Test("the provider's word on caching is taken")
    func caching() async throws {
        let fixture = try OpenIDFixture()
        fixture.hostile.set("/jwks", .json(fixture.hostile.keySet, fields: ["Cache-Control: public, max-age=120"]))
        let token = fixture.hostile.sign(fixture.claims())
        #expect(await fixture.refusal(of: token) == nil)
        fixture.clock.advance(by: .seconds(119))
        #expect(await fixture.refusal(of: token) == nil)
        #expect(fixture.hostile.count(of: "/jwks") == 1)
        fixture.clock.advance(by: .seconds(1))
        #expect(await fixture.refusal(of: token) == nil)
        #expect(fixture.hostile.count(of: "/jwks") == 2)
    }

    @Test("of many that need a provider at once, one asks")
    func singleFlight() async throws {
        let fixture = try OpenIDFixture()
        let (provider, login, client) = (fixture.provider, fixture.login, fixture.client)
        let urls = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<32 {
                group.addTask { try? await provider.authorizationURL(for: login, of: client) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(urls.count == 32 && urls.allSatisfy { $0 != nil && $0 == urls[0] })
        #expect(fixture.hostile.count(of: HostileProvider.discovery) == 1)
    }

    @Test("plain HTTP and private networks are refused where they are not allowed")
    func policies() async throws {
        let plain = try OpenIDFixture(policy: .production)
        #expect(await plain.fault() == .addressRefused("127.0.0.1 must not be used over plain HTTP"))
        #expect(plain.hostile.requests.isEmpty)
        let provider = OpenIDProvider(policy: .production, keys: OpenSSLPublicKeys(), clock: ManualClock())
        for host in ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]", "[fe80::1]"] {
            let client = try OpenIDFixture.client("https://\(host)")
            let failure = await failure { () throws(Failure) in
                try await provider.authorizationURL(for: plain.login, of: client)
            }
            guard case .addressRefused = failure?.cause as? OpenIDFault else {
                Issue.record("\(host) ended in \(String(describing: failure?.cause))")
                continue
            }
        }
    }
}
