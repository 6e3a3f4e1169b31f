import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// A list shows what the caller could get one by one, and tells of nothing else.
@Suite struct ListVisibilityTests {
    /// The ids, or names, of one kind of resource, made by an owner.
    private struct Kind: Sendable {
        let path: String
        let object: String
        let member: String
        let bodies: [JSONValue]
    }

    private static let kinds = [
        Kind(
            path: "/users", object: "users", member: "id",
            bodies: ["ada", "bo", "cy"].map {
                ["email": .string("\($0)@example.com"), "password": "correct horse battery", "roles": ["viewer"]]
            }),
        Kind(
            path: "/auth/api-keys", object: "api_keys", member: "id",
            bodies: ["a", "b", "c"].map { ["name": .string($0), "scopes": ["configs:read"]] }),
        Kind(
            path: "/roles", object: "policies", member: "name",
            bodies: ["alpha", "beta", "gamma"].map { ["name": .string($0), "permissions": ["audit:read"]] }),
        Kind(
            path: "/policies", object: "policies", member: "id",
            bodies: ["a", "b", "c"].map {
                ["name": .string($0), "rules": .string("p, role:viewer, audit, read, deny, r.res.id == '\($0)'")]
            }),
        Kind(
            path: "/sso-connections", object: "sso", member: "id",
            bodies: ["a", "b", "c"].map {
                [
                    "name": .string($0), "preset": "keycloak", "issuer": .string("https://\($0).example.com"),
                    "client_id": "x", "client_secret": "correct horse battery",
                    "domains": [.string("\($0).example.com")], "default_roles": ["viewer"],
                ]
            }),
        Kind(
            path: "/namespaces", object: "namespaces", member: "id",
            bodies: ["a", "b", "c"].map { ["name": .string($0)] }),
    ]

    /// All of a list, page by page.
    private func all(_ owner: AccessOwner, _ kind: Kind, limit: Int, as token: String) async throws -> [String] {
        var found: [String] = []
        var cursor = ""
        repeat {
            let page = try await owner.send("GET", "\(kind.path)?limit=\(limit)\(cursor)", as: token)
            guard page.status == 200 else { return ["\(page.status)"] }
            let items = try #require(page.json["items"]?.arrayValue)
            found += items.compactMap { $0[kind.member]?.stringValue }
            let next = page.json["next_cursor"]?.stringValue
            // No page is short but the last one.
            #expect(next == nil || items.count == limit, "\(kind.path)")
            cursor = next.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty && found.count < 50
        return found
    }

    private func rule(_ owner: AccessOwner, _ name: String, _ rules: String) async throws {
        let made = try await owner.send("POST", "/policies", ["name": .string(name), "rules": .string(rules)])
        #expect(made.status == 201, "\(made.body)")
    }

    @Test("What a rule denies on one resource is in no list of its kind, nor in the count", arguments: 0..<6)
    func denied(number: Int) async throws {
        try await AccessOwner.with { owner in
            let kind = Self.kinds[number]
            var made: [String] = []
            for body in kind.bodies {
                let answer = try await owner.send("POST", kind.path, body)
                #expect(answer.status == 201, "\(answer.body)")
                made.append(try #require(answer.json[kind.member]?.stringValue))
            }
            let admin = try owner.token([.admin])
            let hidden = made[1]
            try await rule(
                owner, "hides", "p, role:admin, \(kind.object), read, deny, \"r.res.id == '\(hidden)'\"")
            let whole = try await all(owner, kind, limit: 50, as: owner.token)
            let seen = whole.filter { $0 != hidden }
            #expect(seen.count == whole.count - 1)
            #expect(try await owner.send("GET", "\(kind.path)/\(hidden)", as: admin).status == 403)
            #expect(try await owner.send("GET", "\(kind.path)/\(made[0])", as: admin).status == 200)
            for limit in [1, 2, 50] { #expect(try await all(owner, kind, limit: limit, as: admin) == seen) }
            let counted = try await owner.send("GET", "\(kind.path)?page=2&page_size=1", as: admin)
            #expect(counted.json["total"] == .integer(Int64(seen.count)))
            #expect(counted.json["items"]?.arrayValue?.map { $0[kind.member]?.stringValue } == [seen[1]])
        }
    }

    @Test("What a rule allows on one resource alone is the whole list", arguments: 0..<6)
    func allowed(number: Int) async throws {
        try await AccessOwner.with { owner in
            let kind = Self.kinds[number]
            var made: [String] = []
            for body in kind.bodies {
                made.append(
                    try #require(try await owner.send("POST", kind.path, body).json[kind.member]?.stringValue))
            }
            let guest = try owner.token([])
            #expect(try await owner.send("GET", kind.path, as: guest).status == 403)
            let permission = "role:guest, \(kind.object), read, allow"
            #expect(
                try await owner.send("POST", "/roles", ["name": "guest", "permissions": []]).status == 201)
            try await rule(owner, "shows", "p, \(permission), \"r.res.id in ('\(made[1])', 'x')\"")
            let some = try owner.token([try Role("guest")])
            #expect(try await all(owner, kind, limit: 1, as: some) == [made[1]])
            #expect(try await owner.send("GET", "\(kind.path)?page=1", as: some).json["total"] == 1)
            // Behind the end of the list there is nothing; where nothing at all is shown the list is refused.
            #expect(try await owner.send("GET", "\(kind.path)?page=2", as: some).status == 200)
            try await rule(owner, "shuts", "p, role:guest, \(kind.object), read, deny, \"r.res.id == '\(made[1])'\"")
            #expect(try await owner.send("GET", kind.path, as: some).status == 403)
        }
    }

    @Test("Changes of a role or a policy ask for that role or policy")
    func changes() async throws {
        try await AccessOwner.with { owner in
            for name in ["alpha", "beta"] {
                _ = try await owner.send("POST", "/roles", ["name": .string(name), "permissions": []])
            }
            let made = try await owner.send(
                "POST", "/policies", ["name": "guarded", "rules": "p, role:viewer, audit, read, deny"])
            let policy = try #require(made.json["id"]?.stringValue)
            try await rule(
                owner, "guards", "p, role:admin, policies, write, deny, \"r.res.id in ('alpha', '\(policy)')\"")
            let admin = try owner.token([.admin])
            for (method, path, body) in [
                ("PATCH", "/roles/alpha", ["description": "x"]), ("DELETE", "/roles/alpha", nil),
                ("PATCH", "/policies/\(policy)", ["description": "x"]), ("DELETE", "/policies/\(policy)", nil),
            ] as [(String, String, JSONValue?)] {
                #expect(try await owner.send(method, path, body, as: admin).status == 403, "\(method) \(path)")
            }
            let other = try await owner.send("PATCH", "/roles/beta", ["description": "x"], as: admin)
            #expect(other.status == 200)
            #expect(try await owner.send("DELETE", "/roles/alpha").status == 204)
            let again = try await owner.send("POST", "/roles", ["name": "alpha", "permissions": []], as: admin)
            #expect(again.status == 403)
        }
    }

    @Test("Explanations and lists of permissions name no rule of a role or a policy that the caller may not read")
    func rules() async throws {
        try await AccessOwner.with { owner in
            let made = try await owner.send(
                "POST", "/policies", ["name": "covert", "rules": "p, role:viewer, configs, read, deny"])
            let policy = try #require(made.json["id"]?.stringValue)
            let modelled = try await owner.send(
                "POST", "/policies",
                [
                    "name": "own", "rules": "p, ada",
                    "model": """
                    [request_definition]
                    r = sub
                    [policy_definition]
                    p = sub
                    [policy_effect]
                    e = some(where (p.eft == allow))
                    [matchers]
                    m = r.sub == p.sub
                    m2 = r.sub == nothing
                    """,
                ])
            #expect(modelled.status == 201)
            let own = try #require(modelled.json["id"]?.stringValue)
            let question: JSONValue = ["policy_id": .string(own), "values": ["ada"]]
            let admin = try owner.token([.admin])
            let answered = try await owner.send("POST", "/policies/check", question, as: admin)
            #expect(answered.json["allowed"] == true)
            #expect(answered.json["reason"]?.stringValue?.contains("m2 of the model cannot be used. Line 9, ") == true)

            try await rule(
                owner, "hides", "p, role:admin, policies, read, deny, \"r.res.id in ('\(policy)', '\(own)')\"")
            let access: JSONValue = ["subject": "role:viewer", "permission": "configs:read"]
            let shown = try await owner.send("POST", "/policies/explain", access)
            #expect(shown.json["decided_by"]?["source"] == .string(policy))
            let kept = try await owner.send("POST", "/policies/explain", access, as: admin)
            #expect(kept.json["allowed"] == false && kept.json["decided_by"] == .null)
            #expect(kept.json["matching"]?.arrayValue?.map { $0["source"] } == ["built_in"])
            let path = "/policies/permissions?subject=role:viewer"
            #expect(try await owner.send("GET", path).body.contains(policy))
            #expect(try await !owner.send("GET", path, as: admin).body.contains(policy))
            #expect(try await owner.send("POST", "/policies/check", question, as: admin).status == 403)
        }
    }

    @Test("A role is granted for a time by a rule of a policy, and a time that is none is refused")
    func grantedForATime() async throws {
        try await AccessOwner.with { owner in
            let subject = "user:\(owner.user)"
            let made = try await owner.send("POST", "/roles", ["name": "auditor", "permissions": ["audit:read"]])
            #expect(made.status == 201)
            let user = try await owner.send(
                "POST", "/users",
                ["email": "bo@example.com", "password": "correct horse battery", "roles": ["viewer"]])
            let id = try #require(user.json["id"]?.stringValue)
            let refused = try await owner.send(
                "POST", "/policies",
                ["name": "bad", "rules": .string("# x\ng, \(subject), role:auditor, 2026-01-01, _")])
            #expect(refused.status == 422)
            let error = try #require(refused.json["errors"]?.arrayValue?.first)
            #expect(error["detail"]?.stringValue?.hasPrefix("Line 2, column ") == true)
            try await rule(
                owner, "for January", "g, user:\(id), role:auditor, 2999-01-01 00:00:00, 2999-02-01 00:00:00")
            func allowed(_ time: String?) async throws -> JSONValue? {
                let question: JSONValue = [
                    "subject": .string("user:\(id)"), "permission": "audit:read",
                    "request": time.map { ["time": .string($0)] } ?? [:],
                ]
                return try await owner.send("POST", "/policies/explain", question).json["allowed"]
            }
            #expect(try await allowed(nil) == false)
            #expect(try await allowed("2999-01-01T00:00:00Z") == true)
            #expect(try await allowed("2999-02-01T00:00:00Z") == false)
            let permissions = try await owner.send("GET", "/policies/permissions?subject=user:\(id)")
            #expect(permissions.json["permissions"]?.arrayValue?.contains("audit:read") == false)
        }
    }
}
