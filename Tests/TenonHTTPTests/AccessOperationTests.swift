import TenonCrypto
import TenonDomain
import TenonMemory
import Testing

@testable import TenonHTTP

@Suite struct AccessOperationTests {
    private struct Owner: Sendable {
        let tenon: ServedTenon
        let token: String
        let user: String

        func send(
            _ method: String, _ path: String, _ body: JSONValue? = nil, as other: String? = nil, headers: [String] = []
        ) async throws -> ServedTenon.Answer {
            try await tenon.send(
                method, "/api/v1" + path, token: other ?? token, body: body?.description, headers: headers)
        }

        /// A token of another user of the same tenant.
        func token(_ roles: Set<Role>) throws -> String {
            let claims = try tenon.signer.verify(token, at: SystemClock().now())
            return try tenon.signer.sign(
                AccessClaims(
                    subject: tenon.ids.next(), tenant: claims.tenant, session: tenon.ids.next(), roles: roles,
                    userVersion: 1, issuedAt: claims.issuedAt, expiresAt: claims.expiresAt))
        }
    }

    private func with(_ body: @escaping @Sendable (Owner) async throws -> Void) async throws {
        try await ServedTenon.with { tenon in
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"name":"acme","email":"ann@example.com","password":"correct horse battery"}"#)
            let token = try #require(registered.json["access_token"]?.stringValue)
            let user = try #require(registered.json["user"]?["id"]?.stringValue)
            try await body(Owner(tenon: tenon, token: token, user: user))
        }
    }

    @Test("Roles are made, shown beside the built-in ones, changed under a precondition, and taken away")
    func roles() async throws {
        try await with { owner in
            let made = try await owner.send(
                "POST", "/roles",
                ["name": "auditor", "permissions": ["audit:read"], "inherits": ["viewer"]])
            #expect(made.status == 201)
            #expect(made.headers["location"] == "/api/v1/roles/auditor")
            #expect(made.json["built_in"] == false)
            let list = try await owner.send("GET", "/roles?limit=3")
            #expect(list.json["items"]?.arrayValue?.map { $0["name"] } == ["admin", "auditor", "member"])
            let cursor = try #require(list.json["next_cursor"]?.stringValue)
            let rest = try await owner.send("GET", "/roles?limit=3&cursor=\(cursor)")
            #expect(rest.json["items"]?.arrayValue?.map { $0["name"] } == ["owner", "viewer"])

            let stale = try await owner.send(
                "PATCH", "/roles/auditor", ["permissions": []], headers: ["If-Match: \"7\""])
            #expect(stale.status == 412)
            let changed = try await owner.send(
                "PATCH", "/roles/auditor", ["permissions": ["users:read"]], headers: ["If-Match: \"1\""])
            #expect(changed.json["permissions"] == ["users:read"])
            #expect(changed.headers["etag"] == "\"2\"")

            for (method, body, code) in [
                ("POST", ["name": "auditor"], "role_name_taken"), ("POST", ["name": "owner"], "role_name_taken"),
                ("POST", ["name": "platform_administrator"], "role_name_taken"),
                ("POST", ["name": "x", "inherits": ["absent"]], "validation_failed"),
                ("POST", ["name": "x", "permissions": ["configs:eat"]], "validation_failed"),
            ] as [(String, JSONValue, String)] {
                #expect(try await owner.send(method, "/roles", body).code == code, "\(body)")
            }
            #expect(try await owner.send("PATCH", "/roles/owner", ["permissions": []]).code == "role_built_in")
            #expect(try await owner.send("DELETE", "/roles/viewer").code == "role_built_in")
            #expect(try await owner.send("GET", "/roles/absent").code == "role_not_found")

            #expect(try await owner.send("POST", "/roles", ["name": "chief", "inherits": ["auditor"]]).status == 201)
            #expect(try await owner.send("DELETE", "/roles/auditor").code == "role_in_use")
            let circle = try await owner.send("PATCH", "/roles/auditor", ["inherits": ["chief"]])
            #expect(circle.status == 422)
            #expect(circle.json["errors"]?.arrayValue?.first?["code"] == "role_cycle")
            #expect(try await owner.send("DELETE", "/roles/chief").status == 204)
            #expect(try await owner.send("DELETE", "/roles/auditor").status == 204)
        }
    }

    @Test("A policy is in force with the next request; one that cannot be read is refused, and the old one stays")
    func policies() async throws {
        try await with { owner in
            let viewer = try owner.token([.viewer])
            func audits() async throws -> Int { try await owner.send("GET", "/policies", as: viewer).status }
            #expect(try await audits() == 403)
            let made = try await owner.send(
                "POST", "/policies", ["name": "readers", "rules": "p, role:viewer, policies, read, allow"])
            #expect(made.status == 201)
            #expect(try await audits() == 200)

            let id = try #require(made.json["id"]?.stringValue)
            let broken = try await owner.send(
                "PATCH", "/policies/\(id)", ["rules": "# x\np, role:viewer, policies, read, deny, r.sub.id =="])
            #expect(broken.status == 422)
            let error = try #require(broken.json["errors"]?.arrayValue?.first)
            #expect(error["pointer"] == "#/rules")
            #expect(error["code"] == "invalid_expression")
            #expect(error["detail"]?.stringValue?.hasPrefix("Line 2, column ") == true)
            #expect(try await audits() == 200)

            let disabled = try await owner.send("PATCH", "/policies/\(id)", ["status": "disabled"])
            #expect(disabled.json["version"] == 2)
            #expect(try await audits() == 403)
            #expect(try await owner.send("PATCH", "/policies/\(id)", ["status": "active"]).status == 200)
            #expect(try await owner.send("DELETE", "/policies/\(id)").status == 204)
            #expect(try await audits() == 403)
            #expect(try await owner.send("GET", "/policies/\(id)").code == "policy_not_found")
            let actions = owner.tenon.memory.auditRecords.map(\.action).filter { $0.hasPrefix("access.") }
            #expect(
                actions == ["access.policy_created"] + Array(repeating: "access.policy_changed", count: 2)
                    + ["access.policy_removed"])

            let model = try await owner.send(
                "POST", "/policies", ["name": "own", "rules": "", "model": "[request_definition]\nr = "])
            #expect(model.json["errors"]?.arrayValue?.first?["pointer"] == "#/model")
            #expect(try await owner.send("POST", "/policies", ["name": "x", "rules": "", "more": 1]).status == 422)
        }
    }

    @Test("Only users change roles and policies, and but for owners nobody gives more than they may do")
    func escalation() async throws {
        try await with { owner in
            let rules = """
                p, role:editor, policies, *, allow
                p, role:editor, configs, read, allow
                p, role:editor, audit, read, allow, r.req.hour < 24
                p, role:support, secrets, read, deny
                """
            let made = try await owner.send(
                "POST", "/policies", ["name": "base", "rules": .string(rules)])
            let base = try #require(made.json["id"]?.stringValue)
            #expect(try await owner.send("POST", "/roles", ["name": "editor"]).status == 201)
            let editor = try owner.token([try Role("editor")])
            let subject = try owner.tenon.signer.verify(editor, at: SystemClock().now()).subject
            for (index, rules) in [
                "p, user:\(subject), secrets, read, allow", "g, user:\(subject), role:admin",
                "p, role:viewer, audit, read, allow", "p, role:viewer, *, *, allow",
            ].enumerated() {
                let body: JSONValue = ["name": .string("p\(index)"), "rules": .string(rules)]
                let refused = try await owner.send("POST", "/policies", body, as: editor)
                #expect(refused.code == "permission_denied", "\(rules)")
            }
            let audited: JSONValue = ["name": "audited", "rules": "p, role:viewer, audit, read, allow"]
            #expect(try await owner.send("POST", "/policies", audited).status == 201)
            for body in [
                ["name": "x", "permissions": ["users:write"]], ["name": "x", "inherits": ["member"]],
            ] as [JSONValue] {
                #expect(try await owner.send("POST", "/roles", body, as: editor).code == "permission_denied")
            }
            let within: JSONValue = ["name": "x", "permissions": ["configs:read"]]
            #expect(try await owner.send("POST", "/roles", within, as: editor).status == 201)
            let undone = try await owner.send("DELETE", "/policies/\(base)", as: editor)
            #expect(undone.code == "permission_denied", "it would end a denial")

            let key = try await owner.send(
                "POST", "/auth/api-keys", ["name": "k", "scopes": ["policies:read", "policies:write"]])
            let program = try #require(key.json["key"]?.stringValue)
            let refused = try await owner.send("POST", "/roles", ["name": "y"], as: program)
            #expect(refused.code == "permission_denied")
            let deep = (0..<11).map { "g, role:r\($0), role:r\($0 + 1)" }.joined(separator: "\n")
            let chain = try await owner.send("POST", "/policies", ["name": "deep", "rules": .string(deep)])
            #expect(chain.json["errors"]?.arrayValue?.first?["code"] == "role_too_deep")
        }
    }

    @Test("A question is answered with the rules that match and the one that decides")
    func questions() async throws {
        try await with { owner in
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
        try await with { owner in
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
                try await decided("key:\(keyID)", "configs:write") == [false, "The key's scopes do not name it."])
            #expect(try await permissions("key:\(keyID)") == ["configs:read"])
            for subject in ["role:owner", "role:member", "user:\(owner.user)"] {
                #expect(
                    try await decided(subject, "quotas:write")
                        == [false, "Only administrators of the platform may, whatever rules say."])
            }
            let ofMembers = try await permissions("role:member")
            #expect(!ofMembers.contains("quotas:write"))
            for subject in ["role:owner", "user:\(owner.user)"] {
                #expect(
                    try await decided(subject, "policies:write") == [true, "Owners always reach the policies."])
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

    @Test("A role that a single sign-on connection gives cannot be taken away")
    func connectionRoles() async throws {
        try await with { owner in
            #expect(try await owner.send("POST", "/roles", ["name": "support"]).status == 201)
            for (mapping, defaults) in [(["ops": "support"], []), ([:], ["support"])] as [(JSONValue, JSONValue)] {
                let made = try await owner.send(
                    "POST", "/sso-connections",
                    [
                        "name": "company", "preset": "keycloak", "issuer": "https://id.acme.example/realms/a",
                        "client_id": "tenon", "domains": ["acme.example"], "role_mapping": mapping,
                        "default_roles": defaults,
                    ])
                let id = try #require(made.json["id"]?.stringValue)
                #expect(try await owner.send("DELETE", "/roles/support").code == "role_in_use")
                #expect(try await owner.send("DELETE", "/sso-connections/\(id)").status == 204)
            }
            #expect(try await owner.send("DELETE", "/roles/support").status == 204)
        }
    }

    @Test("The audit log tells what roles and policies were and are; long rules by a digest and their size")
    func audited() async throws {
        try await with { owner in
            func change() throws -> ResourceChange {
                try #require(owner.tenon.memory.auditRecords.last { $0.action.hasPrefix("access.") }).change
            }
            _ = try await owner.send("POST", "/roles", ["name": "auditor", "permissions": ["audit:read"]])
            #expect(try change().after == ["permissions": ["audit:read"], "inherits": [], "description": .null])
            _ = try await owner.send("PATCH", "/roles/auditor", ["permissions": [], "description": "d"])
            #expect(try change().before == ["permissions": ["audit:read"], "description": .null])
            #expect(try change().after == ["permissions": [], "description": "d"])
            _ = try await owner.send("DELETE", "/roles/auditor")
            #expect(try change().before["description"] == "d")
            #expect(try change().after.isEmpty)

            let rules = "p, role:viewer, audit, read, allow"
            let made = try await owner.send("POST", "/policies", ["name": "x", "rules": .string(rules)])
            let path = "/policies/\(made.json["id"]?.stringValue ?? "")"
            #expect(
                try change().after
                    == [
                        "name": "x", "description": .null, "rules": .string(rules), "model": .null,
                        "status": "active",
                    ])
            let long = ["a", "b"].map { "# " + String(repeating: $0, count: 5000) }
            _ = try await owner.send("PATCH", path, ["rules": .string(long[0])])
            #expect(try change().before == ["rules": .string(rules)])
            let told = try change().after["rules"]
            #expect(told?["bytes"] == 5004 && told?["digest"]?.stringValue != nil)
            _ = try await owner.send("PATCH", path, ["rules": .string(long[1])])
            #expect(try change().before["rules"] == told)
            #expect(try change().after["rules"]?["digest"] != told?["digest"])
            #expect(try await owner.send("DELETE", path).status == 204)
            #expect(try change().before["name"] == "x")
        }
    }

    @Test("A policy with a model of its own answers its tenant's applications, and decides nothing here")
    func ownModels() async throws {
        try await with { owner in
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
            #expect(wrong.json["reason"] == "Denied: a request has 2 values here.")
        }
    }

    @Test("Another tenant's roles and policies are not there")
    func foreign() async throws {
        try await with { owner in
            let made = try await owner.send(
                "POST", "/policies", ["name": "x", "rules": "p, role:viewer, secrets, read, allow"])
            let id = try #require(made.json["id"]?.stringValue)
            _ = try await owner.send("POST", "/roles", ["name": "auditor"])
            let stranger = try owner.tenon.token([.owner])
            for path in ["/policies/\(id)", "/roles/auditor"] {
                #expect(try await owner.send("GET", path, as: stranger).status == 404)
                #expect(try await owner.send("DELETE", path, as: stranger).status == 404)
            }
            let question: JSONValue = ["policy_id": .string(id), "values": []]
            #expect(try await owner.send("POST", "/policies/check", question, as: stranger).status == 404)
        }
    }
}
