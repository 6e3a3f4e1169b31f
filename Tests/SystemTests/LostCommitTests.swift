import TenonDomain
import TenonKit
import TestSupport
import Testing

/// `tenon serve` whose connections to PostgreSQL end between COMMIT and its answer.
@Suite struct LostCommitTests {
    @Test("after a lost answer the writer reads what was written, and is told to repeat only where that is safe")
    func lostAnswers() async throws {
        let server = try await PostgresServer.start()
        let proxy = try PostgresProxy(to: server)
        defer { proxy.close() }
        let tenon = try await TenonProcess.serve([], TenonProcess.environment(proxy.parameters))
        let registered = try await tenon.post(
            "/api/v1/auth/register", ["name": "acme", "email": "a@acme.com", "password": "SecurePassword123"])
        let token = try #require(registered.json["access_token"]?.stringValue)
        let namespace = try await tenon.post("/api/v1/namespaces", ["name": "production"], token: token)
        let configs = "/api/v1/namespaces/\(try #require(namespace.json["id"]?.stringValue))/configs"
        let key = "\(configs)/key"
        #expect(try await tenon.put(key, ["value": 0, "value_type": "number"], token: token).status == 201)
        for number in 1...10 {
            try await until("a read from memory") {
                let hits = try await tenon.metric("tenon_config_cache_hits_total")
                _ = try await tenon.get(key, token: token)
                return try await tenon.metric("tenon_config_cache_hits_total") > hits
            }
            proxy.loseCommits(true)
            let value = JSONValue.integer(Int64(number))
            let answer = try await tenon.put(key, ["value": value, "value_type": "number"], token: token)
            proxy.loseCommits(false)
            #expect(answer.status == 503)
            #expect(answer.json["code"] == "outcome_unknown")
            #expect(answer.retryAfter == "")
            #expect(try await tenon.get(key, token: token).json["value"] == value)
        }
        proxy.loseCommits(true)
        let body: JSONValue = ["key": "once", "value": "x", "value_type": "string"]
        let lost = try await tenon.post(configs, body, token: token, headers: ["Idempotency-Key: \"one\""])
        proxy.loseCommits(false)
        #expect(lost.status == 503)
        #expect(lost.json["code"] == "outcome_unknown")
        #expect(lost.retryAfter == "1")
        let again = try await tenon.post(configs, body, token: token, headers: ["Idempotency-Key: \"one\""])
        #expect(again.status == 201)
        #expect(again.json["version"] == 1)
        #expect(await tenon.end() == 0)
    }

    @Test("a policy whose commit's answer is lost is in force at once, and a revoked key is refused at once")
    func lostAccessChanges() async throws {
        let server = try await PostgresServer.start()
        let proxy = try PostgresProxy(to: server)
        defer { proxy.close() }
        let tenon = try await TenonProcess.serve([], TenonProcess.environment(proxy.parameters))
        let registered = try await tenon.post(
            "/api/v1/auth/register", ["name": "acme", "email": "a@acme.com", "password": "SecurePassword123"])
        let token = try #require(registered.json["access_token"]?.stringValue)
        let made = try await tenon.post(
            "/api/v1/auth/api-keys", ["name": "ci", "scopes": ["namespaces:read"]], token: token)
        let key = try #require(made.json["key"]?.stringValue)
        let id = try #require(made.json["id"]?.stringValue)
        let list = "/api/v1/namespaces"
        #expect(try await tenon.get(list, token: key).status == 200)
        proxy.loseCommits(true)
        #expect(try await tenon.delete("/api/v1/auth/api-keys/\(id)", token: token).status == 503)
        proxy.loseCommits(false)
        #expect(try await tenon.get(list, token: key).status == 401)
        proxy.loseCommits(true)
        let policy: JSONValue = ["name": "locked", "rules": "p, role:owner, namespaces, read, deny"]
        let lost = try await tenon.post("/api/v1/policies", policy, token: token)
        proxy.loseCommits(false)
        #expect(lost.json["code"] == "outcome_unknown")
        #expect(try await tenon.get(list, token: token).status == 403)
        #expect(await tenon.end() == 0)
    }
}
