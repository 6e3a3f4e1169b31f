import TenonDomain
import TenonKit
import TestSupport
import Testing

/// `tenon serve` that cannot ask what other processes changed, and is notified of nothing: the changes are SQL's.
@Suite struct UnheardChangesTests {
    private static let polled = "tenon.namespaces, tenon.access_changes"

    @Test(
        "what other processes changed is read from the database while polls fail, and from memory when they work again")
    func failingPolls() async throws {
        let server = try await PostgresServer.start()
        let tenon = try await TenonProcess.serve([], TenonProcess.environment(on: server))
        let registered = try await tenon.post(
            "/api/v1/auth/register", ["name": "acme", "email": "a@acme.com", "password": "SecurePassword123"])
        let token = try #require(registered.json["access_token"]?.stringValue)
        let namespace = try await tenon.post("/api/v1/namespaces", ["name": "production"], token: token)
        let path = "/api/v1/namespaces/\(try #require(namespace.json["id"]?.stringValue))"
        let made = try await tenon.post(
            "/api/v1/auth/api-keys", ["name": "ci", "scopes": ["configs:read"]], token: token)
        let key = try #require(made.json["key"]?.stringValue)
        let entry = "\(path)/configs/key"
        for number in 1...2 {
            let value: JSONValue = ["value": .integer(Int64(number)), "value_type": "number"]
            #expect(try await tenon.put(entry, value, token: token).status < 300)
        }
        try await readsFromMemory(tenon, entry, token)
        #expect(try await tenon.get(entry, token: key).status == 200)

        try await TestCluster.script(server.parameters, "REVOKE ALL ON \(Self.polled) FROM tenon_relay")
        try await TestCluster.script(
            server.parameters,
            """
            UPDATE tenon.namespaces SET revision = revision + 1;
            UPDATE tenon.configs c SET version = 1, version_id = v.id
            FROM tenon.config_versions v WHERE v.key = c.key AND v.version = 1;
            DELETE FROM tenon.api_key_credentials
            """)
        try await until("the older value") { try await tenon.get(entry, token: token).json["value"] == 1 }
        try await until("the key's refusal") { try await tenon.get(entry, token: key).status == 401 }
        #expect(try await tenon.get(entry, token: token).status == 200)
        try await until("the warnings") {
            tenon.log.contains("entries are read from the database") && tenon.log.contains("credentials are checked")
        }
        #expect(try await tenon.metric("tenon_background_jobs_failing") == 2)
        try await TestCluster.script(server.parameters, "UPDATE tenon.sessions SET ended_at = now()")
        try await until("the token's refusal") { try await tenon.get(entry, token: token).status == 401 }

        try await TestCluster.script(
            server.parameters,
            """
            GRANT SELECT (id, revision) ON tenon.namespaces TO tenon_relay;
            GRANT SELECT, DELETE ON tenon.access_changes TO tenon_relay;
            UPDATE tenon.sessions SET ended_at = NULL
            """)
        try await until("the recovery") { tenon.log.split(separator: "works again").count == 3 }
        try await readsFromMemory(tenon, entry, token)
        #expect(tenon.log.split(separator: "entries are read from the database").count == 3)
        #expect(try await tenon.metric("tenon_background_jobs_failing") == 0)
        #expect(await tenon.end() == 0)
    }

    private func readsFromMemory(_ tenon: TenonProcess, _ entry: String, _ token: String) async throws {
        try await until("a read from memory") {
            let hits = try await tenon.metric("tenon_config_cache_hits_total")
            _ = try await tenon.get(entry, token: token)
            return try await tenon.metric("tenon_config_cache_hits_total") > hits
        }
    }
}
