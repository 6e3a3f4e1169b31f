import Foundation
import TenonApplication
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct EdgeTests {
    /// A tenant's token and a namespace of it.
    private func begin(_ tenon: ServedTenon, _ name: String = "acme") async throws -> (token: String, namespace: String)
    {
        let registered = try await tenon.send(
            "POST", "/api/v1/auth/register",
            body: #"{"email":"a@\#(name).com","password":"SecurePass123!","full_name":"A","organization":"\#(name)"}"#)
        #expect(registered.status == 201)
        let token = try #require(registered.json["access_token"]?.stringValue)
        let made = try await tenon.send("POST", "/api/v1/namespaces", token: token, body: #"{"name":"production"}"#)
        #expect(made.status == 201)
        return (token, try #require(made.json["id"]?.stringValue))
    }

    @Test("the identity endpoints answer the seeds' shapes, and a refresh token is good once")
    func identity() async throws {
        try await ServedTenon.with { tenon in
            let body = #"{"name":"mycompany","email":"admin@mycompany.com","password":"SecurePassword123"}"#
            let registered = try await tenon.send("POST", "/api/v1/auth/register", body: body)
            #expect(registered.status == 201)
            #expect(registered.json["token_type"] == "bearer")
            #expect(registered.json["expires_in"] == 1800)
            #expect(registered.json["tenant"]?["slug"] == "mycompany")
            #expect(registered.json["user"]?["roles"] == ["owner"])
            #expect(registered.headers["cache-control"] == "no-store")
            #expect(!registered.body.contains("scrypt"))
            #expect(try await tenon.send("POST", "/v1/auth/register/", body: body).code == "slug_taken")

            let login = #"{"email":"ADMIN@mycompany.com","password":"SecurePassword123"}"#
            let signedIn = try await tenon.send("POST", "/v1/auth/login", body: login)
            #expect(signedIn.status == 200)
            for wrong in [
                #"{"email":"admin@mycompany.com","password":"SecurePassword124"}"#,
                #"{"email":"nobody@mycompany.com","password":"SecurePassword123"}"#,
            ] {
                let refused = try await tenon.send("POST", "/v1/auth/login", body: wrong)
                #expect(refused.status == 401)
                #expect(refused.code == "invalid_credentials")
                #expect(refused.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            let first = try #require(signedIn.json["refresh_token"]?.stringValue)
            let second = try await tenon.send("POST", "/api/v1/auth/refresh", body: #"{"refresh_token":"\#(first)"}"#)
            let token = try #require(second.json["refresh_token"]?.stringValue)
            let third = try await tenon.send("POST", "/api/v1/auth/refresh", body: #"{"refresh":"\#(token)"}"#)
            #expect(third.status == 200)
            let access = try #require(third.json["access_token"]?.stringValue)
            #expect(try await tenon.send("GET", "/api/v1/auth/me", token: access).status == 200)
            #expect(
                try await tenon.send("POST", "/api/v1/auth/refresh", body: #"{"refresh":"\#(first)"}"#).code
                    == "invalid_refresh_token")
            #expect(try await tenon.send("GET", "/api/v1/auth/me", token: access).status == 401)
            let keys = try await tenon.send("GET", "/.well-known/jwks.json")
            #expect(keys.json["keys"]?.arrayValue?.first?["crv"] == "Ed25519")
        }
    }

    @Test("one password at two tenants asks for the tenant, and gets in with its slug")
    func twoTenants() async throws {
        try await ServedTenon.with { tenon in
            for name in ["one", "two"] {
                _ = try await tenon.send(
                    "POST", "/v1/auth/register",
                    body: #"{"name":"\#(name)","email":"same@example.com","password":"SecurePassword123"}"#)
            }
            let ambiguous = try await tenon.send(
                "POST", "/v1/auth/login", body: #"{"email":"same@example.com","password":"SecurePassword123"}"#)
            #expect(ambiguous.status == 409)
            #expect(ambiguous.code == "tenant_required")
            #expect(Set(ambiguous.json["tenants"]?.arrayValue ?? []) == ["one", "two"])
            let exact = try await tenon.send(
                "POST", "/v1/auth/login",
                body: #"{"email":"same@example.com","password":"SecurePassword123","tenant":"two"}"#)
            #expect(exact.status == 200)
        }
    }

    @Test("a value is stored, read, masked where it is secret, and not found by another tenant")
    func configuration() async throws {
        try await ServedTenon.with { tenon in
            let (token, namespace) = try await begin(tenon)
            let path = "/api/v1/namespaces/\(namespace)/configs"
            let secret = #"{"key":"db","value":"geheim","value_type":"string","is_secret":true}"#
            let stored = try await tenon.send("POST", path, token: token, body: secret)
            #expect(stored.status == 201)
            #expect(stored.headers["location"] == "\(path)/db")
            #expect(stored.json["masked"] == true)
            #expect(try await tenon.send("POST", path, token: token, body: secret).code == "config_key_taken")
            #expect(try await tenon.send("GET", "\(path)/db", token: token).json["value"] == "geheim")
            #expect(try await tenon.send("GET", "\(path)/db?reveal=false", token: token).json["value"] == .null)
            let list = try await tenon.send("GET", path, token: token)
            #expect(!list.body.contains("geheim"))
            #expect(try await tenon.send("GET", "\(path)?reveal=true", token: token).body.contains("geheim"))
            #expect(tenon.memory.auditRecords.filter { $0.action == "configuration.secret_revealed" }.count == 2)
            #expect(!"\(tenon.memory.auditRecords)".contains("geheim"))

            let tenant = try #require(
                try await tenon.send("GET", "/v1/auth/me", token: token).json["tenant"]?["id"]?.stringValue.flatMap {
                    TenantID($0)
                })
            let viewer = try tenon.token([.viewer], tenant: tenant)
            #expect(try await tenon.send("GET", "\(path)/db", token: viewer).json["masked"] == true)
            #expect(try await tenon.send("GET", "\(path)?reveal=true", token: viewer).status == 403)
            #expect(try await tenon.send("POST", path, token: viewer, body: secret).code == "permission_denied")
            let stranger = try tenon.token([.owner])
            for target in [path, "\(path)/db", "/api/v1/namespaces/\(namespace)"] {
                #expect(try await tenon.send("GET", target, token: stranger).status == 404)
            }
            #expect(try await tenon.send("POST", path, token: stranger, body: secret).code == "namespace_not_found")
        }
    }

    @Test("entity tags answer 304, and the masked representation has another one")
    func entityTags() async throws {
        try await ServedTenon.with { tenon in
            let (token, namespace) = try await begin(tenon)
            let path = "/api/v1/namespaces/\(namespace)/configs"
            _ = try await tenon.send(
                "POST", path, token: token, body: #"{"key":"k","value":1,"value_type":"number","is_secret":true}"#)
            let read = try await tenon.send("GET", "\(path)/k", token: token)
            let tag = try #require(read.headers["etag"])
            let again = try await tenon.send(
                "GET", "\(path)/k", token: token, headers: ["If-None-Match: \"x\", \(tag)"])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            let masked = try await tenon.send(
                "GET", "\(path)/k?reveal=false", token: token, headers: ["If-None-Match: \(tag)"])
            #expect(masked.status == 200)
            let head = try await tenon.send("HEAD", "\(path)/k", token: token)
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test("lists page by cursor and by number; a cursor of another list is refused")
    func paging() async throws {
        try await ServedTenon.with { tenon in
            let (token, namespace) = try await begin(tenon)
            let path = "/api/v1/namespaces/\(namespace)/configs"
            for number in 0..<7 {
                _ = try await tenon.send(
                    "POST", path, token: token, body: #"{"key":"k\#(number)","value":true,"value_type":"boolean"}"#)
            }
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = try await tenon.send("GET", "\(path)?limit=3\(cursor)", token: token)
                seen += page.json["items"]?.arrayValue?.compactMap { $0["key"]?.stringValue } ?? []
                cursor = page.json["next_cursor"]?.stringValue.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(seen == (0..<7).map { "k\($0)" })
            let numbered = try await tenon.send("GET", "\(path)?page=2&page_size=5", token: token)
            #expect(numbered.json["total"] == 7)
            #expect(numbered.json["items"]?.arrayValue?.count == 2)
            let first = try await tenon.send("GET", "\(path)?limit=3", token: token)
            let foreign = try #require(first.json["next_cursor"]?.stringValue)
            for query in [
                "?cursor=\(foreign)&prefix=k", "?cursor=x", "?limit=0", "?limit=201", "?limit=3&page=1", "?page=0",
                "?unknown=1", "?limit=1&limit=1", "?prefix=%FF", "?prefix=-",
            ] {
                #expect(try await tenon.send("GET", path + query, token: token).status == 422, "\(query)")
            }
        }
    }

    @Test("bad bodies have a clear problem each, and nothing is stored")
    func badBodies() async throws {
        try await ServedTenon.with { tenon in
            let (token, namespace) = try await begin(tenon)
            let path = "/api/v1/namespaces/\(namespace)/configs"
            let deep = String(repeating: "[", count: 20_000)
            for (body, status, code) in [
                ("{", 400, "invalid_json"), ("", 400, "invalid_json"),
                (#"{"key":"a","key":"b"}"#, 400, "duplicate_member"),
                (#"{"key":"\u0000"}"#, 400, "nul_in_string"), (deep, 400, "nesting_too_deep"),
                (#"{"key":"k","value":1e999,"value_type":"number"}"#, 400, "number_out_of_bounds"),
                ("[]", 422, "validation_failed"), ("{}", 422, "validation_failed"),
                (#"{"key":1,"value":"x","value_type":"string"}"#, 422, "validation_failed"),
                (#"{"key":"k","value":"x","value_type":"string","colour":"red"}"#, 422, "validation_failed"),
                (#"{"key":"k","value":"x","value_type":"text"}"#, 422, "validation_failed"),
                (#"{"key":"k","value":5,"value_type":"string"}"#, 422, "validation_failed"),
            ] {
                let refused = try await tenon.send("POST", path, token: token, body: body)
                #expect(refused.status == status, "\(body.prefix(60))")
                #expect(refused.code == code, "\(body.prefix(60))")
                #expect(refused.headers["content-type"] == "application/problem+json")
                #expect(refused.json["request_id"]?.stringValue == refused.headers["x-request-id"])
            }
            let several = try await tenon.send("POST", path, token: token, body: #"{"key":"-","value_type":1,"x/y":2}"#)
            let pointers = several.json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue } ?? []
            #expect(Set(pointers) == ["#/key", "#/value", "#/value_type", "#/x~1y"])
            let hostile = #"""
                {"key":"k","value":"\#(String(repeating: "a", count: 30_000))!","value_type":"string",
                 "validation_schema":{"pattern":"^(a+)+$"}}
                """#
            let mismatch = try await tenon.send("POST", path, token: token, body: hostile)
            #expect(mismatch.json["errors"]?.arrayValue?.first?["code"] == "pattern_mismatch")
            let invalidUTF8 =
                "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: 4\r\n\r\n"
            #expect(await tenon.raw(Array(invalidUTF8.utf8) + [0x22, 0xC3, 0x28, 0x22]).code == "invalid_utf8")
            let wrongType = try await tenon.send(
                "POST", path, token: token, body: "{}", headers: ["Content-Type: text/plain"])
            #expect(wrongType.status == 415)
            #expect(try await tenon.send("GET", path, token: token).json["items"] == [])
        }
    }

    @Test("2 MiB are too much, announced or in chunks")
    func tooLarge() async throws {
        try await ServedTenon.with { tenon in
            let head = "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            let announced = await tenon.raw(Array((head + "Content-Length: 2097152\r\n\r\n").utf8))
            #expect(announced.status == 413)
            #expect(announced.code == "body_too_large")
            let chunk = "10000\r\n" + String(repeating: "a", count: 65_536) + "\r\n"
            let chunked =
                head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 32) + "0\r\n\r\n"
            #expect(await tenon.raw(Array(chunked.utf8)).status == 413)
            let afterwards = try await tenon.send("GET", "/health")
            #expect(afterwards.status == 200)
        }
    }

    @Test("addresses, methods and broken HTTP have their problems")
    func routes() async throws {
        try await ServedTenon.with { tenon in
            for path in ["/", "/api", "/api/v1", "/api/v2/namespaces", "/api/v1//namespaces", "/%00", "/health/live/x"]
            {
                #expect(try await tenon.send("GET", path).code == "route_not_found", "\(path)")
            }
            let refused = try await tenon.send("PATCH", "/api/v1/namespaces/")
            #expect(refused.status == 405)
            #expect(refused.headers["allow"] == "GET, HEAD, OPTIONS, POST")
            let broken = await tenon.raw(Array("GARBAGE\r\n\r\n".utf8))
            #expect(broken.status == 400)
            #expect(broken.headers["content-type"] == "application/problem+json")
            let long = String(repeating: "a", count: 40_000)
            #expect(try await tenon.send("GET", "/health", headers: ["X-Long: \(long)"]).status >= 400)
            #expect(try await tenon.send("GET", "/health/live/").status == 200)
            let echoed = try await tenon.send("GET", "/health", headers: ["X-Request-ID: abc-1"])
            #expect(echoed.headers["x-request-id"] == "abc-1")
            let hostile = try await tenon.send("GET", "/health", headers: ["X-Request-ID: a\"b"])
            #expect(hostile.headers["x-request-id"]?.hasPrefix("req_") == true)
            tenon.life.enter(.draining)
            #expect(try await tenon.send("GET", "/health/ready").status == 503)
            #expect(try await tenon.send("GET", "/health/live").status == 200)
        }
    }
}

@Suite struct CatalogTests {
    @Test("the committed description is the one that is served, and its examples are accepted")
    func openAPI() async throws {
        try await ServedTenon.with { tenon in
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../../docs/openapi.json").standardized
            let committed = try JSONParser.parse(String(contentsOf: file, encoding: .utf8))
            #expect(try await tenon.send("GET", "/openapi.json").json == committed)
            #expect(committed["openapi"] == "3.1.0")
            for entry in tenon.catalog.entries {
                guard case .object(let request)? = entry.request else { continue }
                let answer = try await tenon.send(
                    entry.operation.method.rawValue, entry.operation.canonicalPath, token: tenon.token([.owner]),
                    body: request.media[0].example.description)
                // A token that nobody was sent is refused for what it is, not for how it is written.
                let reasons = answer.json["errors"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
                #expect(Set(reasons).isSubset(of: ["invalid_reset_token"]), "\(entry.operation.id): \(answer.body)")
            }
        }
    }
}
