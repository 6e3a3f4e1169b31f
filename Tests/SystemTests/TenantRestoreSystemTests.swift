import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// `tenon tenant restore` under two `tenon serve`.
@Suite(.serialized) struct TenantRestoreSystemTests {
    private static let password = "SecurePassword123"

    private struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    private func signIn(_ email: String, at tenon: TenonProcess) async throws -> String {
        let answer = try await tenon.post(
            "/api/v1/auth/login", ["email": .string(email), "password": .string(Self.password)])
        guard let token = answer.json["access_token"]?.stringValue else { throw Refused(description: "\(answer)") }
        return token
    }

    /// Signs the tenant's owner in: made with the administrator's password, since nobody takes the mail with the link.
    private func owner(
        _ isolation: String, of server: PostgresServer, at tenon: TenonProcess, root: String
    ) async throws -> String {
        let email = "owner@\(isolation).example"
        let begun = try await tenon.post(
            "/api/v1/tenants",
            ["name": .string(isolation), "isolation": .string(isolation), "owner_email": .string(email)], token: root)
        let id = try #require(begun.json["id"]?.stringValue)
        try await until("the tenant") {
            try await tenon.get("/api/v1/tenants/\(id)", token: root).json["status"] == "active"
        }
        let hash = try await TestCluster.script(
            server.parameters, "SELECT password_hash FROM tenon.users WHERE email = 'root@example.com'")
        let own = TenantDatabase.name(of: try #require(TenantID(id)))
        try await TestCluster.script(
            server.parameters.map { $0.0 == "dbname" && isolation == "database" ? ("dbname", own) : $0 },
            "UPDATE tenon.users SET password_hash = '\(hash[0][0] ?? "")' WHERE email = '\(email)'")
        return email
    }

    @Test(
        "tokens, tags and watches from before a restore are void, and nobody works on under them",
        arguments: ["shared", "database"])
    func restore(isolation: String) async throws {
        try await withTemporaryFolder { folder in
            let server = try await PostgresServer.start()
            let environment = TenonProcess.environment(on: server)
            let one = try await TenonProcess.serve([], environment)
            let two = try await TenonProcess.serve([], environment)
            let made = try await ShellCommand.run(
                "echo \(Self.password) | tenon admin create --email root@example.com", environment, in: folder)
            #expect(made.status == 0, "\(made.errors)")
            let root = try await signIn("root@example.com", at: one)
            let email = try await owner(isolation, of: server, at: one, root: root)
            let before = try await signIn(email, at: one)
            let namespace = try await one.post("/api/v1/namespaces", ["name": "app"], token: before)
            let path = "/api/v1/namespaces/\(try #require(namespace.json["id"]?.stringValue))"
            func put(_ value: Int64, _ token: String, at tenon: TenonProcess, ifMatch: String? = nil) async throws
                -> Int
            {
                try await status(
                    tenon, "\(path)/configs/key", token,
                    "-X PUT --json '{\"value\": \(value), \"value_type\": \"number\"}'"
                        + (ifMatch.map { " -H 'If-Match: \"\($0)\"'" } ?? ""))
            }
            func status(
                _ tenon: TenonProcess, _ path: String, _ token: String, _ options: String
            ) async throws -> Int {
                let answer = try await ShellCommand.run(
                    "curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer \(token)' \(options) "
                        + "http://127.0.0.1:\(tenon.port)\(path)", environment, in: folder)
                return Int(answer.output) ?? 0
            }
            #expect(try await put(1, before, at: one) == 201)
            let backup = try TenonProcess.run(["tenant", "backup", isolation, "b"], environment, in: folder)
            #expect(backup.status == 0, "\(backup.output)")
            for value in 2...3 { #expect(try await put(Int64(value), before, at: two) == 200) }
            #expect(try await two.get("\(path)/configs/key", token: before).json["value"] == 3)

            let watchers = try [one, two].map { tenon in
                try tenon.follow("\(path)/watch?since=3", token: before, into: "\(folder)/\(tenon.port)")
            }
            func events(_ tenon: TenonProcess) -> String {
                (try? String(contentsOfFile: "\(folder)/\(tenon.port)", encoding: .utf8)) ?? ""
            }
            for tenon in [one, two] { try await until("an event") { events(tenon).contains("id: 4.0") } }
            let restored = try TenonProcess.run(
                ["tenant", "restore", isolation, "b", "--yes-replace", isolation], environment, in: folder)
            #expect(restored.status == 0, "\(restored.output)")

            for tenon in [one, two] { #expect(try await put(9, before, at: tenon) == 401) }
            for watcher in watchers { try await until("the end of a watch") { !watcher.isRunning } }
            for tenon in [one, two] { #expect(events(tenon).contains("event: reset\ndata: {\"revision\":")) }
            let after = try await signIn(email, at: two)
            for tenon in [one, two] {
                #expect(try await tenon.get("\(path)/configs/key", token: after).json["value"] == 1)
                let late = try await tenon.get("\(path)/watch?since=4&wait=5", token: after).json
                #expect(late["reset"] == true && late["changes"]?.arrayValue == [], "\(late)")
            }
            for version in ["2", "3"] { #expect(try await put(4, after, at: one, ifMatch: version) == 412) }
            for value in 4...5 { #expect(try await put(Int64(value), after, at: two) == 200) }
            for tenon in [one, two] {
                for version in ["1", "2", "3"] {
                    let known = "-H 'If-None-Match: \"\(version)\"' -H 'Cache-Control: no-cache'"
                    #expect(try await status(tenon, "\(path)/configs/key", after, known) == 200)
                }
                let known = "-H 'If-None-Match: \"2\", \"3\", \"4\", \"5\"'"
                #expect(try await status(tenon, path, after, known) == 200)
                #expect(
                    try await status(tenon, "/api/v1/users/profile", after, "-H 'If-None-Match: \"1\", \"2\"'") == 200)
            }
        }
    }
}
