import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// What is asked about access, and answered without deciding anything.
@Suite struct AccessQuestionTests {
    @Test("A question is answered with the rules that match and the one that decides")
    func questions() async throws {
        try await AccessOwner.with { owner in
            _ = try await owner.send(
                "POST", "/policies",
                ["name": "locks", "rules": "p, role:member, configs, write, deny, r.res.key == 'locked'"])
            let question: JSONValue = [
                "subject": "role:member", "permission": "configs:write",
                "resource": ["kind": "config", "key": "locked"],
            ]
            #expect(try await owner.send("POST", "/policies/check", question).json["allowed"] == false)
            let explained = try await owner.send("POST", "/policies/explain", question)
            #expect(explained.json["allowed"] == false)
            #expect(explained.json["decided_by"]?["effect"] == "deny")
            #expect(explained.json["decided_by"]?["line"] == 1)
            #expect(explained.json["matching"]?.arrayValue?.map { $0["source"] == "built_in" } == [true, false])
            let other = try await owner.send(
                "POST", "/policies/check", ["subject": .string("user:\(owner.user)"), "permission": "configs:write"])
            #expect(other.json["allowed"] == true)

            let permissions = try await owner.send("GET", "/policies/permissions?subject=role:member")
            #expect(
                permissions.json["permissions"]
                    == [
                        "configs:read", "configs:write", "namespaces:read", "quotas:read", "secrets:read",
                        "tenants:read",
                    ])
            #expect(permissions.json["rules"]?.arrayValue?.count == 7)
            #expect(try await owner.send("GET", "/policies/permissions").status == 422)
            #expect(
                try await owner.send(
                    "GET", "/policies/permissions?subject=user:usr_\(String(repeating: "0", count: 26))"
                )
                .code == "user_not_found")
            for body in [
                ["subject": "ann", "permission": "configs:read"], ["subject": "role:member"],
                ["subject": "role:member", "permission": "configs:read", "policy_id": "pol_x"],
            ] as [JSONValue] {
                #expect(try await owner.send("POST", "/policies/check", body).status == 422)
            }
        }
    }

    @Test("An answer about a key, an owner, a suspended user or the platform's permissions is what is decided of them")
    func exceptions() async throws {
        try await AccessOwner.with { owner in
            let rules = "p, role:owner, *, *, deny\np, role:member, quotas, write, allow"
            #expect(
                try await owner.send("POST", "/policies", ["name": "x", "rules": .string(rules)]).status == 201)
            let made = try await owner.send("POST", "/auth/api-keys", ["name": "k", "scopes": ["configs:read"]])
            // An owner who is denied everything still reaches the policies alone.
            #expect(made.status == 403)
            let admin = try owner.token([.admin])
            let key = try await owner.send(
                "POST", "/auth/api-keys", ["name": "k", "scopes": ["configs:read"]], as: admin)
            let keyID = try #require(key.json["id"]?.stringValue)
            let user = try await owner.send("POST", "/users", ["email": "bob@example.com"], as: admin)
            let userID = try #require(user.json["id"]?.stringValue)
            func decided(_ subject: String, _ permission: String) async throws -> [JSONValue?] {
                let answer = try await owner.send(
                    "POST", "/policies/explain", ["subject": .string(subject), "permission": .string(permission)])
                return [answer.json["allowed"], answer.json["reason"]]
            }
            func permissions(_ subject: String) async throws -> [String] {
                let answer = try await owner.send("GET", "/policies/permissions?subject=\(subject)")
                return answer.json["permissions"]?.arrayValue?.compactMap(\.stringValue) ?? []
            }
            #expect(try await decided("key:\(keyID)", "configs:read") == [true, "A rule allows it."])
            #expect(
                try await decided("key:\(keyID)", "configs:write") == [false, "The key's scopes do not include it."])
            #expect(try await permissions("key:\(keyID)") == ["configs:read"])
            for subject in ["role:owner", "role:member", "user:\(owner.user)"] {
                #expect(
                    try await decided(subject, "quotas:write")
                        == [false, "Only platform administrators may, regardless of rules."])
            }
            let ofMembers = try await permissions("role:member")
            #expect(!ofMembers.contains("quotas:write"))
            for subject in ["role:owner", "user:\(owner.user)"] {
                #expect(
                    try await decided(subject, "policies:write") == [true, "Owners can always access the policies."])
                #expect(try await decided(subject, "users:write") == [false, "A rule denies it."])
                #expect(try await permissions(subject) == ["policies:read", "policies:write"])
            }
            #expect(try await decided("user:\(userID)", "configs:read") == [true, "A rule allows it."])
            for (path, body) in [
                ("/users/\(userID)", ["status": "suspended"]), ("/auth/api-keys/\(keyID)", ["status": "disabled"]),
            ] as [(String, JSONValue)] {
                #expect(try await owner.send("PATCH", path, body, as: admin).status == 200, "\(path)")
            }
            #expect(try await decided("user:\(userID)", "configs:read") == [false, "The user is suspended."])
            #expect(try await permissions("user:\(userID)") == [])
            #expect(try await decided("key:\(keyID)", "configs:read") == [false, "The key is disabled."])
            let nobody = "key:key_" + String(repeating: "0", count: 26)
            for answer in [
                try await owner.send("GET", "/policies/permissions?subject=\(nobody)"),
                try await owner.send(
                    "POST", "/policies/check", ["subject": .string(nobody), "permission": "configs:read"]),
            ] { #expect(answer.status == 404 && answer.code == "api_key_not_found") }
        }
    }

    @Test("A policy with a model of its own answers its tenant's applications, and decides nothing here")
    func ownModels() async throws {
        try await AccessOwner.with { owner in
            let model = """
                [request_definition]
                r = sub, act
                [policy_definition]
                p = sub, act, eft
                [policy_effect]
                e = !some(where (p.eft == deny))
                [matchers]
                m = r.sub == p.sub && r.act == p.act
                """
            let made = try await owner.send(
                "POST", "/policies", ["name": "app", "rules": "", "model": .string(model)])
            let id = try #require(made.json["id"])
            let asked = try await owner.send(
                "POST", "/policies/explain", ["policy_id": id, "values": ["ann", "burn"]])
            #expect(asked.json["allowed"] == true)
            #expect(asked.json["decided_by"] == .null)
            #expect(asked.json["reason"] == "No rule matches, and the model allows by default.")
            let path = "/policies/\(id.stringValue ?? "")"
            #expect(try await owner.send("PATCH", path, ["rules": "p, ann, burn, deny"]).status == 200)
            let denied = try await owner.send(
                "POST", "/policies/check", ["policy_id": id, "values": ["ann", "burn"]])
            #expect(denied.json["allowed"] == false)
            let wrong = try await owner.send("POST", "/policies/check", ["policy_id": id, "values": ["ann"]])
            #expect(wrong.json["reason"] == "Denied: a request must have 2 values.")
        }
    }

    @Test("a misspelt attribute of a resource is refused: the answer would be about another one")
    func attributes() async throws {
        try await ServedTenon.with { tenon in
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"name":"acme","email":"ann@example.com","password":"correct horse battery"}"#)
            let token = try #require(registered.json["access_token"]?.stringValue)
            func ask(_ resource: String) async throws -> ServedTenon.Answer {
                try await tenon.send(
                    "POST", "/api/v1/policies/check", token: token,
                    body: #"{"subject":"role:viewer","permission":"configs:read","resource":\#(resource)}"#)
            }
            #expect(try await ask(#"{"kind":"config","key":"a","is_secret":false}"#).json["allowed"] == true)
            for (resource, pointer) in [
                (#"{"kind":"config","kye":"a"}"#, "#/resource/kye"), (#"{"key":7}"#, "#/resource/key"),
                (#"{"is_secret":"yes"}"#, "#/resource/is_secret"),
            ] {
                let answer = try await ask(resource)
                #expect(answer.status == 422)
                #expect(answer.json["errors"]?.arrayValue?.first?["pointer"] == .string(pointer))
            }
        }
    }
}
