import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct SSONameTests {
    @Test("an issuer is a URL with a host and nothing that could be read in two ways")
    func issuers() {
        for text in [
            "https://id.example", "https://id.example/", "http://127.0.0.1:9400", "https://[::1]/realms/a%20b",
        ] {
            #expect((try? IssuerURL(text))?.text == text)
        }
        for text in [
            "", "id.example", "https://", "https:///a", "HTTPS://id.example", "https://a@b", "https://a?b",
            "https://a#b",
            "https://a\\b", "https://é.example", "https://a b", "https://a/\n", "ftp://a",
            "https://" + String(repeating: "a", count: 201), "https://a/" + String(repeating: "a", count: 300),
        ] {
            #expect(throws: Violation.self, "\(text.prefix(40))") { try IssuerURL(text) }
        }
    }

    @Test("a domain is whole: neither what stands below it nor what ends like it")
    func domains() throws {
        let domain = try EmailDomain("acme.example")
        #expect(EmailDomain(of: try EmailAddress("Ann@ACME.example")) == domain)
        for other in ["a@sub.acme.example", "a@notacme.example", "a@acme.example.test", "a@example"] {
            #expect(EmailDomain(of: try EmailAddress(other)) != domain)
        }
        for text in [
            "", "acme", "Acme.example", ".acme.example", "acme.example.", "a..b", "-a.b", "a@b.c", "é.example",
        ] {
            #expect(throws: Violation.self, "\(text)") { try EmailDomain(text) }
        }
    }

    @Test("a claim is found by a pointer, names with slashes and tildes included")
    func claims() throws {
        let document = #"{"a":{"b/c":{"d~e":["x"]}},"":{"":1}}"#
        let claims = try #require(try JSONParser.parse(document).objectValue)
        #expect(try ClaimPath("/a/b~1c/d~0e").value(in: claims) == ["x"])
        #expect(try ClaimPath("//").value(in: claims) == 1)
        #expect(try ClaimPath("/a/b~1c/d~0e/0").value(in: claims) == nil)
        #expect(try ClaimPath("/x/y").value(in: claims) == nil)
        for text in [
            "", "a", "/a~2", "/a~", String(repeating: "/a", count: 9), "/" + String(repeating: "a", count: 256),
        ] {
            #expect(throws: Violation.self, "\(text)") { try ClaimPath(text) }
        }
    }

    @Test("openid is asked for once, whether it is named or not")
    func scopes() throws {
        #expect(try OAuthScopes(["email"]).text == "openid email")
        #expect(try OAuthScopes(["email", "openid"]).text == "email openid")
        #expect(try OAuthScopes([]).text == "openid")
        for names in [["a", "a"], [""], ["a b"], ["\""], ["\\"], (0...20).map { "s\($0)" }] {
            #expect(throws: Violation.self) { try OAuthScopes(names) }
        }
    }

    @Test("roles come out of a string or an array, whatever else stands there")
    func roles() throws {
        let claims: [(JSONValue?, Set<String>)] = [
            ("ops", ["ops"]), (["ops", 1, "dev", ["x"]], ["ops", "dev"]), (["ops": true], []), (nil, []), (1, []),
        ]
        for (value, roles) in claims {
            var object = JSONObject()
            object["groups"] = value
            let profile = SSOProfile(
                ProviderIdentity(subject: "s", claims: object), by: SSOPreset.generic.claims)
            #expect(profile.roles == roles)
        }
    }

    @Test("presets know where Logto and Keycloak say roles")
    func presets() throws {
        #expect(SSOPreset.logto.claims.roles.text == "/roles" && SSOPreset.logto.scopes.names.contains("roles"))
        #expect(SSOPreset.keycloak.claims.roles.text == "/realm_access/roles")
        #expect(SSOPreset.generic.claims.roles.text == "/groups")
    }
}
