import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct APIKeyOperationTests {
    private static let path = "/api/v1/auth/api-keys"

    private static func create(
        _ tenant: ServedConfiguration, _ members: String = "", as token: String? = nil
    ) async throws -> ServedTenon.Answer {
        try await tenant.tenon.send(
            "POST", path, token: token ?? tenant.token,
            body: #"{"name":"ci","scopes":["namespaces:read","namespaces:write"]\#(members)}"#)
    }

    @Test("A key is shown once, works as a bearer token and as X-API-Key, and may what its scopes say")
    func bearer() async throws {
        try await ServedConfiguration.with { tenant in
            let made = try await Self.create(tenant)
            #expect(made.status == 201)
            #expect(made.headers["cache-control"] == "no-store")
            let key = try #require(made.json["key"]?.stringValue)
            let location = try #require(made.headers["location"])
            for headers in [["Authorization: Bearer \(key)"], ["authorization: bearer \(key)"], ["X-API-Key: \(key)"]] {
                for _ in 0..<2 {
                    let list = try await tenant.tenon.send("GET", "/api/v1/namespaces", headers: headers)
                    #expect(list.status == 200)
                }
            }
            let configs = try await tenant.tenon.send("GET", "\(tenant.path)/configs", token: key)
            #expect(configs.status == 403)
            #expect(configs.code == "permission_denied")
            let me = try await tenant.tenon.send("GET", "/api/v1/auth/me", token: key)
            #expect(me.status == 200)
            #expect(me.json["api_key"]?["id"] == made.json["id"] && me.json["api_key"]?["expires_at"] == .null)
            #expect(me.json["permissions"] == ["namespaces:read", "namespaces:write"])
            #expect(me.json["tenant"]?["id"] != nil && me.json["user"] == nil && me.json["roles"] == nil)
            let profile = try await tenant.tenon.send("GET", "/api/v1/users/profile", token: key)
            #expect(profile.status == 403)
            let made2 = try await tenant.tenon.send(
                "POST", "/api/v1/namespaces", token: key, body: #"{"name":"by-key"}"#)
            #expect(made2.json["created_by"] == made.json["id"])

            let shown = try await tenant.tenon.send("GET", location, token: tenant.token)
            #expect(shown.status == 200)
            #expect(!shown.body.contains(key.suffix(38)))
            #expect(shown.json["key"] == nil)
            #expect(shown.json["secrets"]?.arrayValue?.first?["prefix"]?.stringValue == String(key.prefix(12)))
            let list = try await tenant.tenon.send("GET", Self.path, token: tenant.token)
            #expect(list.json["items"]?.arrayValue?.map { $0["id"] } == [made.json["id"]])
        }
    }

    @Test("Junk, an unknown key and two credentials at once are answered 401")
    func refused() async throws {
        try await ServedConfiguration.with { tenant in
            let stranger = APIKeyText.random(by: SystemRandomness()).secret.revealedText()
            for key in ["tnk_junk", stranger, ""] {
                let answer = try await tenant.tenon.send("GET", "/api/v1/namespaces", headers: ["X-API-Key: \(key)"])
                #expect(answer.status == 401)
                #expect(answer.code == "invalid_api_key")
                #expect(answer.headers["www-authenticate"] != nil)
            }
            let both = try await tenant.tenon.send(
                "GET", "/api/v1/namespaces", token: tenant.token, headers: ["X-API-Key: \(stranger)"])
            #expect(both.code == "not_authenticated")
            let twice = try await tenant.tenon.send(
                "GET", "/api/v1/namespaces", headers: ["X-API-Key: a", "x-api-key: b"])
            #expect(twice.status == 400)
        }
    }

    @Test("A key is changed by its entity tag, rotated with an overlap, and gone once it is revoked")
    func life() async throws {
        try await ServedConfiguration.with { tenant in
            let made = try await Self.create(tenant)
            let first = try #require(made.json["key"]?.stringValue)
            let location = try #require(made.headers["location"])
            func works(_ key: String) async throws -> Bool {
                try await tenant.tenon.send("GET", "/api/v1/namespaces", token: key).status == 200
            }
            #expect(try await works(first))
            let stale = try await tenant.tenon.send(
                "PATCH", location, token: tenant.token, body: #"{"status":"disabled"}"#, headers: ["If-Match: \"7\""])
            #expect(stale.status == 412)
            for (status, isGood) in [("disabled", false), ("active", true)] {
                let changed = try await tenant.tenon.send(
                    "PATCH", location, token: tenant.token, body: #"{"status":"\#(status)"}"#)
                #expect(changed.status == 200)
                #expect(try await works(first) == isGood)
            }
            let rotated = try await tenant.tenon.send(
                "POST", "\(location)/rotate", token: tenant.token, body: #"{"overlap_seconds":600}"#)
            let second = try #require(rotated.json["key"]?.stringValue)
            #expect(rotated.headers["cache-control"] == "no-store")
            for key in [first, second] { #expect(try await works(key)) }
            let third = try await tenant.tenon.send("POST", "\(location)/rotate", token: tenant.token, body: "{}")
            #expect(third.code == "api_key_rotating")
            let leaked = try await tenant.tenon.send(
                "POST", "\(location)/rotate", token: tenant.token, body: #"{"overlap_seconds":0}"#)
            let last = try #require(leaked.json["key"]?.stringValue)
            for (key, isGood) in [(first, false), (second, false), (last, true)] {
                #expect(try await works(key) == isGood)
            }
            #expect(try await tenant.tenon.send("DELETE", location, token: tenant.token).status == 204)
            #expect(try await !works(last))
            for method in ["GET", "DELETE"] {
                let gone = try await tenant.tenon.send(method, location, token: tenant.token)
                #expect(gone.code == "api_key_not_found")
            }
        }
    }

    @Test("Who lacks the permission, another tenant's user and a key itself are refused")
    func access() async throws {
        try await ServedConfiguration.with { tenant in
            let made = try await Self.create(tenant)
            let location = try #require(made.headers["location"])
            #expect(try await Self.create(tenant, as: tenant.viewer).status == 403)
            let stranger = try tenant.tenon.token([.owner])
            for method in ["GET", "DELETE"] {
                #expect(try await tenant.tenon.send(method, location, token: stranger).status == 404)
            }
            let program = try await tenant.tenon.send(
                "POST", Self.path, token: tenant.token,
                body: #"{"name":"keys","scopes":["api_keys:read","api_keys:write","namespaces:read"]}"#)
            let key = try #require(program.json["key"]?.stringValue)
            #expect(try await tenant.tenon.send("GET", location, token: key).status == 200)
            #expect(try await Self.create(tenant, as: key).code == "permission_denied")
            #expect(try await tenant.tenon.send("DELETE", location, token: key).code == "permission_denied")
        }
    }

    @Test(
        "What breaks a rule is named by its place",
        arguments: [
            (#"{"scopes":["configs:read"]}"#, "#/name"), (#"{"name":"a","scopes":[]}"#, "#/scopes"),
            (#"{"name":"a","scopes":["configs:read","x"]}"#, "#/scopes/1"),
            (#"{"name":"a","scopes":["configs:read","configs:read"]}"#, "#/scopes/1"),
            (#"{"name":"a","scopes":["configs:read"],"allowed_cidrs":["10.0.0.1/8"]}"#, "#/allowed_cidrs/0"),
            (#"{"name":"a","scopes":["configs:read"],"expires_at":"2020-01-01T00:00:00Z"}"#, "#/expires_at"),
            (#"{"name":"a","scopes":["configs:read"],"expires_at":"soon"}"#, "#/expires_at"),
            (#"{"name":"a","scopes":["configs:read"],"signing":{"algorithm":"rsa"}}"#, "#/signing/algorithm"),
            (#"{"name":"a","scopes":["configs:read"],"signing":{"algorithm":"ed25519"}}"#, "#/signing/public_key"),
            (
                #"{"name":"a","scopes":["configs:read"],"signing":{"algorithm":"ed25519","public_key":"AAAA"}}"#,
                "#/signing/public_key"
            ),
            (
                #"{"name":"a","scopes":["configs:read"],"signing":{"algorithm":"hmac-sha256","public_key":"\#(PublicKeyField.exampleText)"}}"#,
                "#/signing/public_key"
            ),
            (#"{"name":"a","scopes":["configs:read"],"requires_signature":true}"#, "#/requires_signature"),
        ])
    func validation(body: String, pointer: String) async throws {
        try await ServedConfiguration.with { tenant in
            let answer = try await tenant.tenon.send("POST", Self.path, token: tenant.token, body: body)
            #expect(answer.status == 422)
            #expect(answer.json["errors"]?.arrayValue?.map { $0["pointer"]?.stringValue } == [pointer])
        }
    }

    @Test("A key stops where its network ends, as seen behind a trusted proxy")
    func networks() async throws {
        try await ServedConfiguration.with { tenant in
            let here = try await Self.create(tenant, #","allowed_cidrs":["127.0.0.0/8","::1"]"#)
            let there = try await Self.create(tenant, #","allowed_cidrs":["192.0.2.0/24"]"#)
            for (made, status) in [(here, 200), (there, 401)] {
                let key = try #require(made.json["key"]?.stringValue)
                #expect(try await tenant.tenon.send("GET", "/api/v1/namespaces", token: key).status == status)
            }
            let refused = tenant.tenon.memory.auditRecords.last { $0.action == EventKind.apiKeyRefused.name }
            #expect(refused?.details["reason"] == "address_not_allowed")
            #expect(refused?.outcome == .denied)
        }
    }
}

@Suite struct SignedRequestOperationTests {
    /// A key of the tenant that signs.
    private struct Program {
        let tenant: ServedConfiguration
        let signer: RequestSigner

        init(_ tenant: ServedConfiguration) async throws {
            self.tenant = tenant
            let made = try await tenant.tenon.send(
                "POST", "/api/v1/auth/api-keys", token: tenant.token,
                body: #"""
                    {"name":"service","scopes":["namespaces:read","namespaces:write"],"requires_signature":true,
                     "signing":{"algorithm":"hmac-sha256"}}
                    """#)
            let id = try #require(made.json["id"]?.stringValue.flatMap { APIKeyID($0) })
            let secret = try #require(made.json["signing_secret"]?.stringValue.flatMap { Base64.decode($0) })
            signer = try #require(RequestSigner(id, .hmacSHA256(Secret(secret))))
        }

        func fields(
            _ method: String, _ target: String, _ body: String = "", nonce: String = "n",
            at moment: Timestamp = SystemClock().now()
        ) throws -> [String] {
            let halves = target.split(separator: "?", maxSplits: 1)
            let request = SignableRequest(
                method: method, scheme: "http", authority: "localhost", requestTarget: target,
                path: String(halves[0]), query: halves.count == 2 ? String(halves[1]) : "", fields: [])
            return try signer.fields(signing: request, body: Array(body.utf8), at: moment, nonce: nonce)
                .map { "\($0.name): \($0.value)" }
        }
    }

    @Test("A signed request needs no key, is taken once, and not with another target, body or time")
    func signed() async throws {
        try await ServedConfiguration.with { tenant in
            let program = try await Program(tenant)
            let tenon = tenant.tenon
            let list = "/api/v1/namespaces?limit=5"
            let fields = try program.fields("GET", list)
            #expect(try await tenon.send("GET", list, headers: fields).status == 200)
            #expect(try await tenon.send("GET", list, headers: fields).code == "signature_replayed")
            let fresh = try program.fields("GET", list, nonce: "o")
            let elsewhere = try await tenon.send("GET", "/api/v1/namespaces?limit=6", headers: fresh)
            #expect(elsewhere.status == 401)
            #expect(elsewhere.code == "invalid_signature")
            #expect(try await tenon.send("GET", list, headers: fresh).status == 200)

            let body = #"{"name":"signed"}"#
            let post = try program.fields("POST", "/api/v1/namespaces", body)
            let tampered = try await tenon.send(
                "POST", "/api/v1/namespaces", body: #"{"name":"forged"}"#, headers: post)
            #expect(tampered.code == "content_digest_mismatch")
            let made = try await tenon.send("POST", "/api/v1/namespaces", body: body, headers: post)
            #expect(made.status == 201)
            let uncovered = try program.fields("POST", "/api/v1/namespaces", nonce: "p")
            let refused = try await tenon.send("POST", "/api/v1/namespaces", body: body, headers: uncovered)
            #expect(refused.code == "content_digest_mismatch")

            for offset in [-400, 400] {
                let moment = SystemClock().now() + .seconds(offset)
                let old = try program.fields("GET", list, at: moment)
                #expect(try await tenon.send("GET", list, headers: old).code == "invalid_signature")
            }
        }
    }

    @Test("Broken signature fields are answered 401 with what to do, whatever they say")
    func broken() async throws {
        try await ServedConfiguration.with { tenant in
            for headers in [
                ["Signature-Input: x"], ["Signature-Input: a=()", "Signature: a=:AA==:"],
                ["Signature-Input: a=(\"@method\");created=1;keyid=\"x\"", "Signature: a=:AAAA:"],
            ] {
                let answer = try await tenant.tenon.send("GET", "/api/v1/namespaces", headers: headers)
                #expect(answer.status == 401)
                #expect(answer.code == "invalid_signature")
            }
        }
    }

    @Test("A signed request with an idempotency key is repeated under a fresh signature")
    func repeated() async throws {
        try await ServedConfiguration.with { tenant in
            let program = try await Program(tenant)
            let body = #"{"name":"once"}"#
            var answers: [ServedTenon.Answer] = []
            for nonce in ["a", "b"] {
                let fields = try program.fields("POST", "/api/v1/namespaces", body, nonce: nonce)
                answers.append(
                    try await tenant.tenon.send(
                        "POST", "/api/v1/namespaces", body: body, headers: fields + ["Idempotency-Key: k"]))
            }
            #expect(answers.map(\.status) == [201, 201])
            #expect(answers[0].body == answers[1].body)
        }
    }
}
