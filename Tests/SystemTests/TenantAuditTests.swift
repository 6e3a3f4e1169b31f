import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// The audit log of a tenant with a database of its own, as `tenon serve` links it and the command line verifies it.
@Suite(.serialized) struct TenantAuditSystemTests {
    @Test("the log of a tenant with a database of its own is linked and verified, through a restore too")
    func ownDatabase() async throws {
        try await withTemporaryFolder { folder in
            let server = try await PostgresServer.start(isDurable: false)
            let environment = TenonProcess.environment(on: server)
            let tenon = try await TenonProcess.serve([], environment)
            let password = "SecurePassword123"
            let made = try await ShellCommand.run(
                "echo \(password) | tenon admin create --email root@example.com", environment, in: folder)
            #expect(made.status == 0, "\(made.errors)")
            /// A refusal is an error and no issue: whoever waits asks again.
            func signIn(_ email: String) async throws -> String {
                let answer = try await tenon.post(
                    "/api/v1/auth/login", ["email": .string(email), "password": .string(password)])
                guard let token = answer.json["access_token"]?.stringValue else {
                    throw Refused(description: "\(answer)")
                }
                return token
            }
            let root = try await signIn("root@example.com")
            let begun = try await tenon.post(
                "/api/v1/tenants", ["name": "apart", "isolation": "database", "owner_email": "owner@apart.example"],
                token: root)
            #expect(begun.status == 202)
            let id = try #require(begun.json["id"]?.stringValue)
            try await until("the database") {
                try await tenon.get("/api/v1/tenants/\(id)", token: root).json["status"] == "active"
            }
            // The owner's token goes out with an event that nobody takes here: the password is that of the administrator.
            let hash = try await TestCluster.script(
                server.parameters, "SELECT password_hash FROM tenon.users WHERE password_hash IS NOT NULL")
            let name = TenantDatabase.name(of: try #require(TenantID(id)))
            let own = server.parameters.map { $0.0 == "dbname" ? ("dbname", name) : $0 }
            try await TestCluster.script(own, "UPDATE tenon.users SET password_hash = '\(hash[0][0] ?? "")'")

            let owner = try await signIn("owner@apart.example")
            #expect(try await tenon.post("/api/v1/namespaces", ["name": "one"], token: owner).status == 201)
            try await untilLinked(tenon, owner)
            let backup = try TenonProcess.run(["tenant", "backup", "apart", "b"], environment, in: folder)
            #expect(backup.status == 0, "\(backup.output)")
            let restore = try TenonProcess.run(
                ["tenant", "restore", "apart", "b", "--yes-replace", "apart"], environment, in: folder)
            #expect(restore.status == 0, "\(restore.output)")

            try await until("a session") { (try? await signIn("owner@apart.example")) != nil }
            let again = try await signIn("owner@apart.example")
            let note = try #require(
                try await tenon.get("/api/v1/audit-logs", token: again).json["items"]?.arrayValue?
                    .first { $0["action"]?.stringValue?.contains("restored") == true })
            #expect(note["actor"] == "system:command-line" && note["details"]?["rows"] != nil, "\(note)")
            try await untilLinked(tenon, again)

            // What the platform did is told by the shared database's chain.
            try await until("the platform's link") {
                let log = try await tenon.get("/api/v1/audit-logs/verify?tenant=\(id)", token: root).json
                return log["valid"] == true && log["records"] != 0
            }
            let actions = try await tenon.get("/api/v1/audit-logs?tenant=\(id)", token: root).json["items"]?.arrayValue?
                .compactMap { $0["action"]?.stringValue }
            #expect(actions?.isEmpty == false && actions?.contains("configuration.namespace_created") == false)

            let verified = try await ShellCommand.run(
                "tenon audit export > log && tenon audit verify log --server $TENON_SERVER",
                environment.merging(["TENON_SERVER": "http://127.0.0.1:\(tenon.port)", "TENON_TOKEN": again]) { $1 },
                in: folder)
            #expect(verified.status == 0, "\(verified.output) \(verified.errors)")
            #expect(verified.output.contains(" of \(id), own chain, "))
            // What the page says of the chain holds too, where there is Python.
            let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
                path: "../../docs/audit.md"
            ).standardizedFileURL.path
            let script = try await ShellCommand.run(
                "sed -n '/^```python/,/^```/p' \(page) | sed '1d;$d' > chain.py; ! command -v python3 >where || python3 chain.py log",
                in: folder)
            #expect(script.status == 0 && script.output != "0 records hold\n", "\(script.output) \(script.errors)")
            #expect(await tenon.end() == 0)
            try await server.stop()
        }
    }

    /// Until every record of the caller's log is a link of a chain that holds.
    private func untilLinked(_ tenon: TenonProcess, _ token: String) async throws {
        try await until("the links") {
            let records = try await tenon.get("/api/v1/audit-logs", token: token).json["items"]?.arrayValue ?? []
            return !records.isEmpty && records.allSatisfy { $0["seq"]?.isNull == false }
        }
        let log = try await tenon.get("/api/v1/audit-logs/verify", token: token).json
        #expect(log["valid"] == true && log["next"]?.isNull != false, "\(log)")
    }

    private struct Refused: Error, CustomStringConvertible {
        let description: String
    }
}
