import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// A secret becomes public by an explicit `"is_secret": false` alone, whichever way it is written.
@Suite struct SecretFlagTests {
    private static let text: JSONValue = ["value": "hush-2", "value_type": "string"]

    private static func batch(_ operation: JSONValue) -> JSONValue { ["operations": [operation]] }

    /// Every way to write an entry without a word about `is_secret`.
    private static let silent: [(method: String, path: String, body: String)] = [
        ("PUT", "/configs/s", text.description),
        ("PUT", "/configs/s", #"{"value": "hush-2", "value_type": "string", "is_secret": null}"#),
        ("PUT", "/configs/s", #"{"value": {"p": "hush-2"}, "value_type": "json"}"#),
        ("PATCH", "/configs/s", #"{"value": "hush-2"}"#),
        ("PATCH", "/configs/s", #"{"value": "hush-2", "is_secret": null}"#),
        ("POST", "/configs/s/rollback", #"{"version": 1}"#), ("POST", "/configs/s/rollback", #"{"version": 2}"#),
        (
            "POST", "/configs:batch",
            #"{"operations": [{"op": "put", "key": "s", "value": "hush-2", "value_type": "string"}]}"#
        ),
        ("POST", "/configs:batch", #"{"operations": [{"op": "patch", "key": "s", "value": "hush-2"}]}"#),
        ("POST", "/import?format=json", #"{"s": "hush-2"}"#),
        ("POST", "/import?format=json", #"{"configs": [{"key": "s", "value": "hush-2"}]}"#),
        ("POST", "/import?format=json", #"{"configs": [{"key": "s", "value": "hush-2", "value_type": "string"}]}"#),
        ("POST", "/import?format=json", #"{"configs": [{"key": "s", "masked": true, "value_type": "string"}]}"#),
        ("POST", "/import?format=yaml", "s: hush-2\n"),
        ("POST", "/import?format=yaml", "configs: [{key: s, value: hush-2, value_type: string}]\n"),
        ("POST", "/import?format=env", "s=hush-2\n"),
    ]

    /// `s` was public at version 1 and is a secret from version 2 on.
    private func with(_ body: @escaping @Sendable (ServedConfiguration) async throws -> Void) async throws {
        try await ServedConfiguration.with { served in
            try await served.put("s", "hush-0")
            try await served.put("s", "hush-1", secret: true)
            try await served.put("s", "hush-3", secret: true)
            try await body(served)
        }
    }

    /// What a caller with `configs:read` alone sees of it anywhere.
    private func expectHidden(_ served: ServedConfiguration, _ what: String) async throws {
        for path in ["/configs", "/configs/s", "/configs/s/versions", "/export?format=env", "/watch?wait=0&since=1"] {
            let seen = try await served.send("GET", path, as: served.viewer)
            #expect(seen.status == 200 && !seen.body.contains("hush"), "\(what), then \(path): \(seen.body)")
        }
        let entry = try await served.send("GET", "/configs/s")
        #expect(entry.json["is_secret"] == true, "\(what)")
    }

    @Test("A write that does not say is_secret keeps a secret, whatever its form", arguments: silent.indices)
    func silentWrites(index: Int) async throws {
        let write = Self.silent[index]
        let what = "\(write.method) \(write.path) \(write.body)"
        let headers = write.path.hasSuffix("yaml") ? ["Content-Type: application/yaml"] : []
        try await with { served in
            if write.path.contains("import") || write.path.contains("batch") {
                let query = write.path.contains("?") ? "&dry_run=true" : "?dry_run=true"
                let trial = try await served.send(write.method, write.path + query, write.body, headers)
                #expect(trial.status == 200 && !trial.body.contains("hush"), "\(what): \(trial.body)")
                #expect(!trial.body.contains("/is_secret"), "\(what): \(trial.body)")
            }
            let written = try await served.send(write.method, write.path, write.body, headers)
            #expect(written.status == 200 && !written.body.contains("hush"), "\(what): \(written.body)")
            try await expectHidden(served, what)
        }
    }

    @Test("A secret that was deleted is one when it is restored or made again")
    func deleted() async throws {
        for (method, path, body) in [
            ("POST", "/configs/s/restore", nil), ("PUT", "/configs/s", Self.text.description),
            ("POST", "/configs", #"{"key": "s", "value": "hush-2", "value_type": "string"}"#),
            ("POST", "/import", #"{"s": "hush-2"}"#), ("POST", "/import?format=env", "s=hush-2"),
            (
                "POST", "/configs:batch",
                #"{"operations": [{"op": "put", "key": "s", "value": "hush-2", "value_type": "string"}]}"#
            ),
        ] as [(String, String, String?)] {
            try await with { served in
                _ = try await served.send("DELETE", "/configs/s")
                let written = try await served.send(method, path, body)
                #expect(written.status < 300 && !written.body.contains("hush"), "\(method) \(path): \(written.body)")
                try await expectHidden(served, "\(method) \(path)")
            }
        }
    }

    @Test("A rollback of a public entry to a version that was a secret makes it one again")
    func rollBackToSecret() async throws {
        try await with { served in
            try await served.put("s", "shown")
            let back = try await served.send("POST", "/configs/s/rollback", #"{"version": 2}"#)
            #expect(back.status == 200 && back.json["is_secret"] == true && back.json["masked"] == true)
            try await expectHidden(served, "rollback")
        }
    }

    @Test("An explicit is_secret false makes a secret public for a caller with secrets:read, and for no other")
    func explicit() async throws {
        let open: JSONValue = ["value": "shown", "value_type": "string", "is_secret": false]
        for (method, path, body) in [
            ("PUT", "/configs/s", open), ("PATCH", "/configs/s", ["value": "shown", "is_secret": false]),
            (
                "POST", "/configs:batch",
                Self.batch(["op": "put", "key": "s", "value": "shown", "value_type": "string", "is_secret": false])
            ),
            (
                "POST", "/import",
                ["configs": [["key": "s", "value": "shown", "value_type": "string", "is_secret": false]]]
            ),
        ] as [(String, String, JSONValue)] {
            try await with { served in
                let member = try served.tenon.token([.member], tenant: served.tenant)
                let made = try await served.tenon.send(
                    "POST", "/api/v1/policies", token: served.token,
                    body: #"{"name": "blind", "rules": "p, role:member, secrets, read, deny"}"#)
                #expect(made.status == 201)
                let refused = try await served.send(method, path, body.description, as: member)
                #expect(refused.status == 403, "\(method) \(path): \(refused.body)")
                try await expectHidden(served, "\(method) \(path)")
                // Without a word about it the same caller replaces the secret's value.
                let kept = try await served.send("PUT", "/configs/s", Self.text.description, as: member)
                #expect(kept.status == 200 && kept.json["is_secret"] == true)
                #expect(try await served.send(method, path, body.description).status == 200)
                let shown = try await served.send("GET", "/configs/s", as: served.viewer)
                #expect(shown.json["value"] == "shown" && shown.json["is_secret"] == false, "\(method) \(path)")
            }
        }
    }
}
