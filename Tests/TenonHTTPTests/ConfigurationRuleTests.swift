import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Rules of a tenant that look at keys, namespaces and addresses, against every way to write and to read entries.
@Suite struct ConfigurationRuleTests {
    private struct Ruled: Sendable {
        let served: ServedConfiguration
        /// Of users under the rules.
        let member: String
        let viewer: String

        func send(
            _ method: String, _ path: String, _ body: JSONValue? = nil, as token: String
        ) async throws -> ServedTenon.Answer {
            try await served.send(method, path, body?.description, as: token)
        }

        func add(_ rules: String) async throws {
            let body: JSONValue = ["name": "rules", "rules": .string(rules)]
            let made = try await served.tenon.send(
                "POST", "/api/v1/policies", token: served.token, body: body.description)
            try #require(made.status == 201, "\(made.body)")
        }

        /// The keys of a list's items.
        func keys(_ query: String, as token: String) async throws -> [String] {
            try await send("GET", "/configs" + query, as: token).keys
        }
    }

    /// `before` is done by the owner when no rule is there yet.
    private func with(
        _ rules: String, before: @escaping @Sendable (ServedConfiguration) async throws -> Void,
        _ body: @escaping @Sendable (Ruled) async throws -> Void
    ) async throws {
        try await ServedConfiguration.with { served in
            let ruled = Ruled(
                served: served, member: try served.tenon.token([.member], tenant: served.tenant),
                viewer: try served.tenon.token([.viewer], tenant: served.tenant))
            try await before(served)
            try await ruled.add(rules)
            try await body(ruled)
        }
    }

    private static let entry: JSONValue = ["value": 9, "value_type": "number"]

    @Test("What a rule denies on a key is refused to every way to write it, and nothing else is")
    func writing() async throws {
        try await with("p, role:member, configs, write, deny, \"keyMatch(r.res.key, 'billing_*')\"") { served in
            try await served.put("billing_rate", 1)
            try await served.put("billing_rate", 2)
            try await served.put("billing_gone", 1)
            _ = try await served.send("DELETE", "/configs/billing_gone")
            try await served.put("open", 1)
        } _: { ruled in
            let revision = try await ruled.served.revision
            for (method, path, body) in [
                ("PUT", "/configs/billing_rate", Self.entry), ("PUT", "/configs/billing_new", Self.entry),
                ("POST", "/configs", ["key": "billing_new", "value": 9, "value_type": "number"]),
                ("PATCH", "/configs/billing_rate", ["value": 9]), ("DELETE", "/configs/billing_rate", nil),
                ("DELETE", "/configs/billing_absent", nil), ("POST", "/configs/billing_gone/restore", nil),
                ("POST", "/configs/billing_rate/rollback", ["version": 1]),
            ] as [(String, String, JSONValue?)] {
                let refused = try await ruled.send(method, path, body, as: ruled.member)
                #expect(refused.status == 403 && refused.code == "permission_denied", "\(method) \(path)")
            }
            for operation in [
                ["op": "put", "key": "billing_rate", "value": 9, "value_type": "number"],
                ["op": "patch", "key": "billing_rate", "value": 9], ["op": "delete", "key": "billing_rate"],
            ] as [JSONValue] {
                let batch: JSONValue = [
                    "operations": [
                        ["op": "put", "key": "open", "value": 9, "value_type": "number"], operation,
                    ]
                ]
                let refused = try await ruled.send("POST", "/configs:batch", batch, as: ruled.member)
                #expect(refused.status == 403, "\(operation)")
                #expect(refused.pointers == ["#/operations/1"])
                #expect(
                    try await ruled.send("POST", "/configs:batch?dry_run=true", batch, as: ruled.member).status == 403)
            }
            let document: JSONValue = ["open": 9, "billing_rate": 9]
            let refused = try await ruled.send("POST", "/import", document, as: ruled.member)
            #expect(refused.status == 403 && refused.pointers == ["#/billing_rate"])
            let trial = try await ruled.send("POST", "/import?dry_run=true", document, as: ruled.member)
            #expect(trial.json["results"]?.arrayValue?.map { $0["outcome"] } == ["changed", "refused"])
            #expect(try await ruled.served.revision == revision)

            let denials = ruled.served.tenon.memory.auditRecords.filter { $0.outcome == .denied }.map(\.action)
            #expect(Set(denials).isSuperset(of: ["putConfig", "batchConfigs", "importConfigs"]))
            #expect(try await ruled.send("PUT", "/configs/open", Self.entry, as: ruled.member).status == 200)
            #expect(
                try await ruled.send("PUT", "/configs/billing_rate", Self.entry, as: ruled.served.token).status == 200)
        }
    }

    @Test("What a rule allows on a key may be written, and nothing else; what becomes a secret is asked for as one")
    func allowedKeys() async throws {
        try await with(
            """
            p, role:viewer, configs, write, allow, "keyMatch(r.res.key, 'draft_*')"
            p, role:member, configs, write, deny, r.res.is_secret
            """
        ) { served in
            try await served.put("open", 1)
            try await served.put("s", "x", secret: true)
        } _: { ruled in
            let draft = try await ruled.send("PUT", "/configs/draft_a", Self.entry, as: ruled.viewer)
            #expect(draft.status == 201 && draft.json["value"] == 9)
            #expect(try await ruled.send("PUT", "/configs/open", Self.entry, as: ruled.viewer).status == 403)
            #expect(try await ruled.send("POST", "/import", ["draft_b": 1], as: ruled.viewer).status == 200)
            #expect(try await ruled.send("POST", "/import", ["open": 5], as: ruled.viewer).status == 403)

            let secret: JSONValue = ["value": "x", "value_type": "string", "is_secret": true]
            for (method, path, body) in [
                ("PUT", "/configs/new", secret), ("PUT", "/configs/open", secret),
                ("PATCH", "/configs/open", ["is_secret": true]), ("PUT", "/configs/s", Self.entry),
            ] as [(String, String, JSONValue)] {
                #expect(try await ruled.send(method, path, body, as: ruled.member).status == 403, "\(method) \(path)")
            }
            #expect(try await ruled.send("PATCH", "/configs/open", ["value": 2], as: ruled.member).status == 200)
        }
    }

    @Test("An entry that a rule hides is in no list, export or watch, and neither is its history")
    func reading() async throws {
        try await with("p, role:viewer, configs, read, deny, \"keyMatch(r.res.key, 'billing_*')\"") { served in
            for key in ["a", "billing_1", "billing_2", "billing_3", "z"] { try await served.put(key, 1) }
            try await served.put("billing_gone", 1)
            _ = try await served.send("DELETE", "/configs/billing_gone")
        } _: { ruled in
            #expect(try await ruled.keys("", as: ruled.viewer) == ["a", "z"])
            // By number too, where pages and their total count what the caller may read.
            #expect(try await ruled.keys("?page=1&page_size=2", as: ruled.viewer) == ["a", "z"])
            #expect(try await ruled.keys("?page=2&page_size=1", as: ruled.viewer) == ["z"])
            let counted = try await ruled.send("GET", "/configs?page=3&page_size=1", as: ruled.viewer)
            #expect(counted.keys == [] && counted.json["total"] == 2)
            #expect(try await ruled.keys("", as: ruled.served.token).count == 5)
            // No cursor names what is hidden, and no page is empty because of it.
            var cursor = ""
            var seen: [String] = []
            repeat {
                let page = try await ruled.send("GET", "/configs?limit=1\(cursor)", as: ruled.viewer)
                #expect(page.keys.count == 1)
                seen += page.keys
                let next = page.json["next_cursor"]?.stringValue
                let named = next.flatMap { Base64URL.decode($0) }.map { String(decoding: $0, as: UTF8.self) } ?? ""
                #expect(!named.contains("billing"))
                cursor = next.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty && seen.count < 9
            #expect(seen == ["a", "z"])

            let export = try await ruled.send("GET", "/export?format=json", as: ruled.viewer)
            #expect(export.status == 200 && export.body.contains("\"z\"") && !export.body.contains("billing"))
            for key in ["billing_1", "billing_gone"] {
                for path in ["/versions", "/diff", "/versions/1"] {
                    let refused = try await ruled.send("GET", "/configs/\(key)\(path)", as: ruled.viewer)
                    #expect(refused.status == 403, "\(key)\(path)")
                }
                #expect(try await ruled.send("GET", "/configs/\(key)/versions", as: ruled.served.token).status == 200)
            }
            #expect(try await ruled.send("GET", "/configs/a/versions", as: ruled.viewer).keys == ["a"])
            let changes = try await ruled.send("GET", "/watch?wait=0&since=1", as: ruled.viewer)
            #expect(changes.json["changes"]?.arrayValue?.map { $0["key"] } == ["a", "z"])
        }
    }

    @Test("A rule on a namespace holds for its entries, its lists and its export, and hides it from the list of all")
    func namespaces() async throws {
        try await ServedConfiguration.with { served in
            let viewer = try served.tenon.token([.viewer], tenant: served.tenant)
            let member = try served.tenon.token([.member], tenant: served.tenant)
            try await served.put("a", 1)
            let ruled = Ruled(served: served, member: member, viewer: viewer)
            try await ruled.add(
                """
                p, role:viewer, configs, read, deny, r.res.namespace_id == '\(served.namespace)'
                p, role:member, configs, write, deny, r.res.namespace_id == '\(served.namespace)'
                p, role:viewer, namespaces, read, deny, r.res.name == 'app'
                """)
            for path in ["/configs", "/export?format=env", "/configs/a", "/configs/a/versions", "/watch?wait=0", ""] {
                #expect(try await ruled.send("GET", path, as: viewer).status == 403, "\(path)")
                #expect(try await ruled.send("GET", path, as: served.token).status == 200, "\(path)")
            }
            #expect(try await ruled.send("PUT", "/configs/b", Self.entry, as: member).status == 403)
            #expect(try await ruled.send("POST", "/import", [:], as: member).status == 403)
            let named = try served.tenon.token([.admin], tenant: served.tenant)
            let body: JSONValue = ["name": "more", "rules": "p, role:admin, configs, write, deny, r.res.name == 'app'"]
            #expect(
                try await served.tenon.send(
                    "POST", "/api/v1/policies", token: served.token, body: body.description
                ).status == 201)
            #expect(try await ruled.send("PUT", "/configs/a", Self.entry, as: named).status == 403)
            #expect(try await ruled.send("PUT", "/configs/b", Self.entry, as: named).status == 403)
            let all = try await served.tenon.send("GET", "/api/v1/namespaces", token: viewer)
            #expect(all.status == 200 && all.json["items"] == [])
        }
    }

    @Test("A rule on secrets masks those that it is about wherever they could be shown")
    func secrets() async throws {
        try await with("p, role:member, secrets, read, deny, \"keyMatch(r.res.key, 'root_*')\"") { served in
            try await served.put("root_pw", "hush-root", secret: true)
            try await served.put("root_pw", "hush-root-2", secret: true)
            try await served.put("app_pw", "shown-app", secret: true)
            try await served.put("of_root", "x ${config:root_pw}")
            try await served.put("of_app", "x ${config:app_pw}")
        } _: { ruled in
            let member = ruled.member
            for path in [
                "/configs/root_pw", "/configs/root_pw/versions/1", "/configs/of_root?resolve=true",
                "/configs?reveal=true", "/configs?reveal=true&resolve=true", "/export?format=json&reveal=true",
                "/export?format=json&reveal=true&resolve=true", "/configs/root_pw/diff?from=1&to=2",
            ] {
                let answer = try await ruled.send("GET", path, as: member)
                #expect(answer.status == 200 && !answer.body.contains("hush"), "\(path)")
                #expect(answer.body.contains("shown-app") == (path.contains("reveal=true")), "\(path)")
                #expect(try await ruled.send("GET", path, as: ruled.served.token).status == 200)
            }
            let masked = try await ruled.send("GET", "/configs/of_root?resolve=true", as: member)
            #expect(masked.json["masked"] == true)
            let resolved = try await ruled.send("GET", "/configs/of_app?resolve=true", as: member)
            #expect(resolved.json["value"] == "x shown-app")
            #expect(try await ruled.send("GET", "/configs/root_pw/versions?reveal=true", as: member).status == 403)
            #expect(try await ruled.send("GET", "/configs/app_pw/versions?reveal=true", as: member).status == 200)

            // Neither by what a write answers nor by what it leaves alone.
            let open: JSONValue = ["value": "mine", "value_type": "string", "is_secret": false]
            #expect(try await ruled.send("PUT", "/configs/root_pw", open, as: member).status == 403)
            #expect(try await ruled.send("PUT", "/configs/app_pw", open, as: member).status == 200)
            let back = try await ruled.send("POST", "/configs/root_pw/rollback", ["version": 1], as: member)
            #expect(back.status == 403)
            let guess: JSONValue = [
                "operations": [
                    ["op": "put", "key": "root_pw", "value": "hush-root-2", "value_type": "string", "is_secret": true]
                ]
            ]
            let trial = try await ruled.send("POST", "/configs:batch?dry_run=true", guess, as: member)
            #expect(trial.json["results"]?.arrayValue?.map { $0["outcome"] } == ["changed"], "a guess is not confirmed")
            let imported = try await ruled.send(
                "POST", "/import?dry_run=true", ["root_pw": "hush-root-2"], as: member)
            #expect(imported.json["results"]?.arrayValue?.map { $0["outcome"] } == ["changed"])
        }
    }

    @Test("A rule on the address decides on secrets in lists as in reads of one")
    func addresses() async throws {
        try await with("p, role:member, secrets, read, deny, \"!ipMatch(r.req.address, '203.0.113.0/24')\"") { served in
            try await served.put("s", "hush", secret: true)
        } _: { ruled throws in
            for path in ["/configs?reveal=true", "/export?format=json&reveal=true", "/configs/s/versions?reveal=true"] {
                #expect(try await ruled.send("GET", path, as: ruled.member).status == 403, "\(path)")
                #expect(try await ruled.send("GET", path, as: ruled.served.token).body.contains("hush"), "\(path)")
            }
            #expect(try await ruled.send("GET", "/configs/s", as: ruled.member).json["masked"] == true)
        }
    }

    @Test("Who may write an entry and not read it is not shown it by a change")
    func writersWithoutReading() async throws {
        try await with("p, role:member, configs, read, deny, r.res.key == 'hidden'") { served in
            try await served.put("hidden", "hush")
            try await served.put("hidden", "hush-2")
        } _: { ruled in
            for (method, path, body) in [
                ("PATCH", "/configs/hidden", [:]), ("PATCH", "/configs/hidden", ["tags": ["t"]]),
                ("POST", "/configs/hidden/rollback", ["version": 1]),
            ] as [(String, String, JSONValue)] {
                let answer = try await ruled.send(method, path, body, as: ruled.member)
                #expect(answer.status == 200 && !answer.body.contains("hush"), "\(method) \(path) \(body)")
            }
            let edit: JSONValue = ["op": "patch", "key": "hidden", "value": "hush-2"]
            let trial = try await ruled.send(
                "POST", "/configs:batch?dry_run=true", ["operations": [edit]], as: ruled.member)
            #expect(
                trial.status == 200 && !trial.body.contains("hush") && !trial.body.contains("tags"), "\(trial.body)")
        }
    }

    @Test("A rule that is made while a namespace is watched is in force for the next change")
    func watching() async throws {
        try await ServedConfiguration.with { served in
            let viewer = try served.tenon.token([.viewer], tenant: served.tenant)
            let connection = await served.watch(as: viewer)
            _ = await connection.receive(until: "retry: 1000\n\n")
            try await served.put("billing_rate", 1)
            #expect(await connection.receive(until: "\n\n\r\n").text.contains("billing_rate"))
            try await Ruled(served: served, member: "", viewer: viewer)
                .add("p, role:viewer, configs, read, deny, \"keyMatch(r.res.key, 'billing_*')\"")
            try await served.put("billing_rate", 2)
            try await served.put("open", 3)
            let rest = await connection.receive(until: "\n\n\r\n").text
            #expect(rest.contains("open") && !rest.contains("billing_rate"))
            connection.close()
        }
    }
}

extension ServedTenon.Answer {
    var keys: [String] { json["items"]?.arrayValue?.compactMap { $0["key"]?.stringValue } ?? [] }
    var pointers: [String] {
        json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue } ?? []
    }
}
