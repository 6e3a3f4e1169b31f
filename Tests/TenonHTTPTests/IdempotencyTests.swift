import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct IdempotencyTests {
    private func session(_ tenon: ServedTenon) async throws -> String {
        let registered = try await tenon.send(
            "POST", "/api/v1/auth/register",
            body: #"{"name":"acme","email":"a@example.com","password":"SecurePassword123"}"#)
        return registered.json["access_token"]?.stringValue ?? ""
    }

    private static func create(_ tenon: ServedTenon, _ token: String, key: String, name: String) async throws
        -> ServedTenon.Answer
    {
        try await tenon.send(
            "POST", "/api/v1/namespaces", token: token, body: #"{"name":"\#(name)"}"#,
            headers: ["Content-Type: application/json", "Idempotency-Key: \(key)"])
    }

    @Test("a repeat gets the first answer, whole, and changes nothing")
    func replay() async throws {
        try await ServedTenon.with { tenon in
            let token = try await session(tenon)
            let first = try await Self.create(tenon, token, key: "\"k-1\"", name: "one")
            let again = try await Self.create(tenon, token, key: "k-1", name: "one")
            #expect(first.status == 201)
            #expect(again.status == 201)
            #expect(again.body == first.body)
            for field in ["etag", "location", "content-type", "cache-control"] {
                #expect(again.headers[field] == first.headers[field])
            }
            #expect(first.headers["idempotency-replayed"] == nil)
            #expect(again.headers["idempotency-replayed"] == "true")
            let audited = tenon.memory.auditRecords.filter { $0.action == EventKind.namespaceCreated.name }
            #expect(audited.count == 1)
        }
    }

    @Test("the same key for another body is refused; another caller's same key is another key")
    func reuse() async throws {
        try await ServedTenon.with { tenon in
            let token = try await session(tenon)
            #expect(try await Self.create(tenon, token, key: "k", name: "one").status == 201)
            let other = try await Self.create(tenon, token, key: "k", name: "two")
            #expect(other.status == 422)
            #expect(other.code == "idempotency_key_reused")
        }
    }

    @Test("what failed can be tried again with its key")
    func failure() async throws {
        try await ServedTenon.with { tenon in
            let token = try await session(tenon)
            #expect(try await Self.create(tenon, token, key: "a", name: "one").status == 201)
            #expect(try await Self.create(tenon, token, key: "b", name: "one").code == "namespace_name_taken")
            #expect(try await Self.create(tenon, token, key: "b", name: "two").status == 201)
        }
    }

    @Test("a key raced by 32 clients has one effect and one answer")
    func race() async throws {
        try await ServedTenon.with { tenon in
            let token = try await session(tenon)
            let answers = await withTaskGroup(of: ServedTenon.Answer?.self) { group in
                for _ in 0..<32 { group.addTask { try? await Self.create(tenon, token, key: "raced", name: "one") } }
                var answers: [ServedTenon.Answer] = []
                for await answer in group { if let answer { answers.append(answer) } }
                return answers
            }
            #expect(answers.count == 32)
            let created = answers.filter { $0.status == 201 }
            #expect(created.count { $0.headers["idempotency-replayed"] == nil } == 1)
            #expect(Set(created.map(\.body)).count == 1)
            let others = answers.filter { $0.status != 201 }
            #expect(others.allSatisfy { $0.code == "idempotency_key_in_use" })
            #expect(tenon.memory.auditRecords.count { $0.action == EventKind.namespaceCreated.name } == 1)
        }
    }

    @Test(
        "a key that is none is refused",
        arguments: ["\"open", "with space", "a\"b", "", String(repeating: "k", count: 256)])
    func malformed(key: String) async throws {
        try await ServedTenon.with { tenon in
            let token = try await session(tenon)
            let refused = try await Self.create(tenon, token, key: key, name: "one")
            #expect(refused.status == 400)
            #expect(refused.code == "invalid_idempotency_key")
        }
    }
}
