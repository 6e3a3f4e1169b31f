import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// Tenants and rate limits as two `tenon serve` on one PostgreSQL keep them together.
@Suite(.serialized) struct TenantSystemTests {
    private struct Client {
        let folder: String

        func call(
            _ method: String, _ tenon: TenonProcess, _ path: String, token: String? = nil, body: String? = nil
        ) async throws -> (status: Int, json: JSONValue) {
            let fields =
                (token.map { "-H 'Authorization: Bearer \($0)' " } ?? "")
                + (body.map { "-H 'Content-Type: application/json' --data-binary '\($0)' " } ?? "")
            let done = try await ShellCommand.run(
                "curl -s -m 20 -w '\\n%{http_code}' -X \(method) \(fields)http://127.0.0.1:\(tenon.port)\(path)",
                in: folder)
            let lines = done.output.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.dropLast().joined(separator: "\n")
            return (Int(lines.last ?? "") ?? 0, text.isEmpty ? .null : try JSONParser.parse(text))
        }
    }

    @Test("what an administrator does to a tenant at one process holds at the other, and so does a rate limit")
    func together() async throws {
        try await withTemporaryFolder { folder in
            let server = try await PostgresServer.start(isDurable: false)
            let environment = TenonProcess.environment(on: server).merging(["TENON_TENANT_GRACE_DAYS": "0"]) { $1 }
            let one = try await TenonProcess.serve([], environment)
            let two = try await TenonProcess.serve([], environment)
            let made = try await ShellCommand.run(
                "echo SecurePassword123 | tenon admin create --email root@example.com", environment, in: folder)
            #expect(made.status == 0, "\(made.errors)")
            let client = Client(folder: folder)
            let login = #"{"email":"root@example.com","password":"SecurePassword123"}"#
            let session = try await client.call("POST", one, "/api/v1/auth/login", body: login).json
            let root = try #require(session["access_token"]?.stringValue)
            let registered = try await one.post(
                "/api/v1/auth/register", ["name": "acme", "email": "a@acme.com", "password": "SecurePassword123"]
            ).json
            let token = try #require(registered["access_token"]?.stringValue)
            let tenant = "/api/v1/tenants/\(try #require(registered["tenant"]?["id"]?.stringValue))"

            // Of the free plan's 120 a minute a user has 60, plus what comes back meanwhile, and each process its share.
            #expect(try await client.call("PATCH", one, tenant, token: root, body: #"{"plan":"free"}"#).status == 200)
            try await until("the plan") {
                try await client.call("GET", two, tenant, token: token).json["plan"] == "free"
            }
            let begun = ContinuousClock.now
            var passed = 0
            for number in 0..<120 {
                let answer = try await (number.isMultiple(of: 2) ? one : two).get("/api/v1/namespaces", token: token)
                if answer.status == 200 { passed += 1 }
            }
            let seconds = Int((ContinuousClock.now - begun).components.seconds) + 1
            #expect(passed <= 60 + seconds + 2 * 10 && passed >= 50, "\(passed) in \(seconds) s")

            #expect(
                try await client.call("PATCH", one, tenant, token: root, body: #"{"status":"suspended"}"#).status == 200
            )
            try await until("the suspension") {
                let refused = try await client.call("GET", two, tenant, token: token)
                return refused.status == 403 && refused.json["code"] == "tenant_suspended"
            }
            let deleted = try await client.call("DELETE", two, tenant, token: root)
            #expect(deleted.status == 202 && deleted.json["status"] == "deleting")
            try await until("the end of the tenant") {
                try await client.call("GET", one, tenant, token: root).status == 404
            }
            #expect(
                try await client.call("POST", two, "/api/v1/tenants", token: root, body: #"{"name":"acme"}"#).status
                    == 201)
            #expect(await one.end() == 0)
            #expect(await two.end() == 0)
            try await server.stop()
        }
    }
}
