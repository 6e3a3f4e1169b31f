import Foundation
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct SSOConnectionOperationTests {
    private static let body = """
        {"name":"company","preset":"keycloak","issuer":"https://id.acme.example/realms/a","client_id":"tenon",\
        "client_secret":"hush-hush","domains":["acme.example"],"role_mapping":{"ops":"admin"},"default_roles":["member"]}
        """

    @Test("a connection is made, read, listed, changed and taken away, and its secret never comes back")
    func lifecycle() async throws {
        try await ServedTenon.with { served in
            let token = try await served.owner()
            let created = try await served.send("POST", "/api/v1/sso-connections", token: token, body: Self.body)
            #expect(created.status == 201)
            let id = try #require(created.json["id"]?.stringValue)
            #expect(created.headers["location"] == "/api/v1/sso-connections/\(id)")
            #expect(created.headers["etag"] == "\"1\"")
            #expect(created.json["roles_claim"] == "/realm_access/roles")
            #expect(created.json["has_client_secret"] == true)
            #expect(created.json["callback_path"] == .string("/api/v1/auth/sso/\(id)/callback"))
            let read = try await served.send("GET", "/api/v1/sso-connections/\(id)", token: token)
            #expect(read.json == created.json)
            let list = try await served.send("GET", "/api/v1/sso-connections", token: token)
            #expect(list.json["items"] == .array([created.json]))
            let changed = try await served.send(
                "PATCH", "/api/v1/sso-connections/\(id)", token: token,
                body: #"{"client_secret":null,"creates_users":false,"roles_claim":"/a~1b/roles"}"#,
                headers: ["If-Match: \"1\""])
            #expect(changed.status == 200)
            #expect(changed.headers["etag"] == "\"2\"")
            #expect(changed.json["has_client_secret"] == false)
            #expect(changed.json["role_mapping"] == ["ops": "admin"])
            let stale = try await served.send(
                "PATCH", "/api/v1/sso-connections/\(id)", token: token, body: #"{"status":"disabled"}"#,
                headers: ["If-Match: \"1\""])
            #expect(stale.status == 412)
            let moved = try await served.send(
                "PATCH", "/api/v1/sso-connections/\(id)", token: token, body: #"{"issuer":"https://evil.example"}"#)
            #expect(moved.status == 422 && moved.json["errors"]?.arrayValue?.first?["code"] == "unknown_field")
            for answer in [created, read, list, changed] { #expect(!answer.body.contains("hush")) }
            let taken = try await served.send("POST", "/api/v1/sso-connections", token: token, body: Self.body)
            #expect(taken.status == 409 && taken.code == "sso_connection_name_taken")
            let gone = try await served.send("DELETE", "/api/v1/sso-connections/\(id)", token: token)
            #expect(gone.status == 204)
            #expect(try await served.send("GET", "/api/v1/sso-connections/\(id)", token: token).status == 404)
            #expect(!served.memory.auditRecords.contains { "\($0)".contains("hush") })
        }
    }

    @Test("what breaks a rule is refused where it stands")
    func violations() async throws {
        try await ServedTenon.with { served in
            let token = try await served.owner()
            let cases: [(String, String, String)] = [
                (#""issuer":"ftp://x""#, "#/issuer", "invalid_issuer"),
                (#""issuer":"https://u@x""#, "#/issuer", "invalid_issuer"),
                (#""issuer":"https://x/?a""#, "#/issuer", "invalid_issuer"),
                (#""preset":"generic""#, "#/issuer", "issuer_required"),
                (#""preset":"logto""#, "#/issuer", "issuer_required"),
                (#""issuer":"https://x","domains":["Acme.example"]"#, "#/domains/0", "invalid_domain"),
                (#""issuer":"https://x","domains":[]"#, "#/domains", "invalid_domains"),
                (#""issuer":"https://x","domains":["a.example","a.example"]"#, "#/domains", "invalid_list"),
                (#""issuer":"https://x","roles_claim":"roles""#, "#/roles_claim", "invalid_claim_path"),
                (#""issuer":"https://x","role_mapping":{"a":"No Role"}"#, "#/role_mapping/a", "invalid_role"),
                (
                    #""issuer":"https://x","role_mapping":{"a":"platform_administrator"}"#, "#/role_mapping",
                    "role_not_assignable"
                ),
                (#""issuer":"https://x","scopes":["a b"]"#, "#/scopes", "invalid_scopes"),
                (#""issuer":"https://x","client_secret":"""#, "#/client_secret", "invalid_length"),
                (#""issuer":"https://x","secret":"x""#, "#/secret", "unknown_field"),
            ]
            for (members, pointer, code) in cases {
                let domains = members.contains("domains") ? "" : #","domains":["acme.example"]"#
                let answer = try await served.send(
                    "POST", "/api/v1/sso-connections", token: token,
                    body: #"{"name":"a","client_id":"t",\#(members)\#(domains)}"#)
                #expect(answer.status == 422, "\(members)")
                let error = answer.json["errors"]?.arrayValue?.first
                #expect(error?["pointer"]?.stringValue == pointer && error?["code"]?.stringValue == code, "\(members)")
            }
        }
    }

    @Test("a tenant has so many connections and no more")
    func maximum() async throws {
        try await ServedTenon.with { served in
            let token = try await served.owner()
            func create(_ name: String) async throws -> (status: Int, code: String?) {
                let answer = try await served.send(
                    "POST", "/api/v1/sso-connections", token: token,
                    body: Self.body.replacing("\"company\"", with: "\"\(name)\""))
                return (answer.status, answer.code)
            }
            for number in 1...SSOConnection.maxCount { #expect(try await create("c\(number)").status == 201) }
            #expect(try await create("more") == (409, "too_many_sso_connections"))
            let first = try await served.send("GET", "/api/v1/sso-connections?limit=1", token: token)
            let id = try #require(first.json["items"]?.arrayValue?.first?["id"]?.stringValue)
            #expect(try await served.send("DELETE", "/api/v1/sso-connections/\(id)", token: token).status == 204)
            #expect(try await create("more").status == 201)
        }
    }

    @Test("another tenant finds nothing, and members and viewers may not look")
    func access() async throws {
        try await ServedTenon.with { served in
            let token = try await served.owner()
            let created = try await served.send("POST", "/api/v1/sso-connections", token: token, body: Self.body)
            let path = try #require(created.headers["location"])
            let stranger = try served.token([.owner])
            for (method, body) in [("GET", nil), ("PATCH", "{}"), ("DELETE", nil)] {
                #expect(try await served.send(method, path, token: stranger, body: body).status == 404)
            }
            for role in [Role.member, .viewer] {
                #expect(try await served.send("GET", path, token: try served.token([role])).status == 403)
            }
            #expect(try await served.send("GET", path).status == 401)
        }
    }

    @Test("a login over nothing, or with nothing, is refused")
    func emptyLogins() async throws {
        try await ServedTenon.with { served in
            let unknown = "/api/v1/auth/sso/\(served.ids.next(SSOConnection.self))"
            #expect(try await served.send("GET", "\(unknown)/login").code == "sso_connection_not_found")
            #expect(try await served.send("GET", "\(unknown)/callback?code=a&state=b").status == 404)
            #expect(try await served.send("GET", "/api/v1/auth/sso/company/login").status == 404)
            let token = try await served.owner()
            let created = try await served.send("POST", "/api/v1/sso-connections", token: token, body: Self.body)
            let callback = try #require(created.json["callback_path"]?.stringValue)
            for query in [
                "", "?code=a", "?state=a", "?code=a&state=b", "?error=access_denied", "?session_state=x&foo=y",
            ] {
                let answer = try await served.send("GET", callback + query, headers: ["Cookie: tenon_sso=x"])
                #expect(answer.status == 403 && answer.code == "sso_state_mismatch", "\(query)")
            }
        }
    }

    @Test("a cookie over https carries the prefix that only its own host can set")
    func cookies() {
        let secure = SSOCookie(for: "https://tenon.example/x")
        #expect(
            secure.field("v") == "__Host-tenon_sso=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600")
        let plain = SSOCookie(for: "http://localhost/x")
        #expect(plain.field("v") == "tenon_sso=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=600")
        #expect(plain.removal == "tenon_sso=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    }
}

/// The whole way of a browser, with a provider that others have written.
@Suite(
    .enabled(
        if: IdentityProviderProcess.isThere, "deploy/fetch-oidc-provider .build/oidc-provider-mock fetches the provider"
    ))
struct SSOJourneyTests {
    private static let people = [
        #"{"sub":"ann","email":"ann@acme.example","email_verified":true,"name":"Ann","groups":["ops"]}"#,
        #"{"sub":"eve","email":"eve@acme.example","email_verified":false}"#,
        #"{"sub":"bob","email":"bob@elsewhere.example","email_verified":true}"#,
    ]

    @Test("somebody signs in twice over a real provider, whose keys change in between; others do not get in")
    func journey() async throws {
        try await ServedTenon.with { served in
            let provider = try await IdentityProviderProcess.start(people: Self.people)
            let owner = try await served.owner()
            let created = try await served.send(
                "POST", "/api/v1/sso-connections", token: owner,
                body: """
                    {"name":"company","issuer":"\(provider.issuer)","client_id":"tenon","client_secret":"s",\
                    "domains":["acme.example"],"role_mapping":{"ops":"admin"}}
                    """)
            let login = try #require(created.json["login_path"]?.stringValue)

            let first = try await Self.signIn("ann", login, served)
            #expect(first.status == 200)
            #expect(first.headers["cache-control"] == "no-store")
            #expect(first.headers["set-cookie"]?.hasPrefix("tenon_sso=;") == true)
            let me = try await served.send(
                "GET", "/api/v1/auth/me", token: first.json["access_token"]?.stringValue)
            #expect(me.json["user"]?["email"] == "ann@acme.example")
            #expect(me.json["user"]?["roles"] == ["admin"])

            try await provider.stop()
            let successor = try await IdentityProviderProcess.start(people: Self.people, port: provider.port)
            let second = try await Self.signIn("ann", login, served)
            #expect(second.status == 200)
            let again = try await served.send(
                "GET", "/api/v1/auth/me", token: second.json["access_token"]?.stringValue)
            #expect(again.json["user"]?["id"] == me.json["user"]?["id"])

            for subject in ["eve", "bob"] {
                let refused = try await Self.signIn(subject, login, served)
                #expect(refused.status == 403 && refused.code == "sso_account_refused")
            }
            let foreign = try await Self.signIn("ann", login, served, cookie: "tenon_sso=foreign")
            #expect(foreign.status == 403 && foreign.code == "sso_state_mismatch")
            try await successor.stop()
        }
    }

    @Test("a provider that is gone is answered 503 with a time to come back")
    func gone() async throws {
        try await ServedTenon.with { served in
            let provider = try await IdentityProviderProcess.start(people: [])
            let owner = try await served.owner()
            let created = try await served.send(
                "POST", "/api/v1/sso-connections", token: owner,
                body: """
                    {"name":"a","issuer":"\(provider.issuer)","client_id":"tenon","domains":["acme.example"]}
                    """)
            try await provider.stop()
            let answer = try await served.send("GET", try #require(created.json["login_path"]?.stringValue))
            #expect(answer.status == 503 && answer.code == "identity_provider_unavailable")
            #expect(answer.headers["retry-after"] == "5")
        }
    }

    /// As a browser: to the provider, through its page, and back with the cookie.
    private static func signIn(
        _ subject: String, _ login: String, _ served: ServedTenon, cookie foreign: String? = nil
    ) async throws -> ServedTenon.Answer {
        let begun = try await served.send("GET", login)
        #expect(begun.status == 302 && begun.body.isEmpty)
        let cookie = try #require(begun.headers["set-cookie"])
        #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"))
        let back = try await IdentityProviderProcess.approve(
            try #require(begun.headers["location"]), as: subject)
        let url = try #require(URLComponents(string: back))
        #expect(url.host == "localhost" && url.path == login.replacing("/login", with: "/callback"))
        let value = foreign ?? String(cookie.prefix { $0 != ";" })
        return try await served.send(
            "GET", "\(url.path)?\(url.percentEncodedQuery ?? "")", headers: ["Cookie: a=b; \(value)"])
    }
}

extension ServedTenon {
    /// The access token of the owner of a new tenant.
    fileprivate func owner() async throws -> String {
        let name = "t\(ids.next(Tenant.self).low % 1_000_000_000)"
        let answer = try await send(
            "POST", "/api/v1/auth/register",
            body: #"{"name":"\#(name)","email":"owner@acme.example","password":"correct horse battery"}"#)
        return try #require(answer.json["access_token"]?.stringValue)
    }
}
