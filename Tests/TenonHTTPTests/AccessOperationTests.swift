import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct AccessOperationTests {
    @Test("Roles are made, shown beside the built-in ones, changed under a precondition, and taken away")
    func roles() async throws {
        try await AccessOwner.with { owner in
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
        try await AccessOwner.with { owner in
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
        try await AccessOwner.with { owner in
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

    @Test("A role that a single sign-on connection gives cannot be taken away")
    func connectionRoles() async throws {
        try await AccessOwner.with { owner in
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
        try await AccessOwner.with { owner in
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

    @Test("Another tenant's roles and policies are not there")
    func foreign() async throws {
        try await AccessOwner.with { owner in
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
