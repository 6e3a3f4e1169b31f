import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// The audit log over HTTP.
@Suite struct AuditOperationTests {
    private static let path = "/api/v1/audit-logs"

    private static func list(
        _ served: ServedConfiguration, _ query: String = "", as token: String? = nil
    ) async throws -> ServedTenon.Answer {
        try await served.tenon.send("GET", path + query, token: token ?? served.token)
    }

    @Test("a change is listed with who, what, where from, and what it was before")
    func change() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", "one")
            try await served.put("a", "two", ["User-Agent: test/1", "X-Request-ID: my-request"])
            let answer = try await Self.list(served, "?action=configuration.config_updated")
            #expect(answer.status == 200)
            let items = try #require(answer.json["items"]?.arrayValue)
            #expect(items.count == 1)
            let item = try #require(items.first)
            #expect(item["outcome"] == "success" && item["resource_type"] == "config")
            #expect(item["before"] == ["value": "one"] && item["after"] == ["value": "two"])
            #expect(item["user_agent"] == "test/1" && item["request_id"] == "my-request")
            #expect(item["address"] == "127.0.0.1")
            #expect(item["seq"] == .null && item["hash"] == .null)
            _ = try await served.tenon.linkAudit.execute()
            let id = try #require(item["resource_id"]?.stringValue)
            let linked = try await Self.list(served, "?resource_type=config&resource_id=\(id)&limit=1").json
            #expect(linked["items"]?.arrayValue?.first?["seq"]?.numberValue != nil)
            let cursor = try #require(linked["next_cursor"]?.stringValue)
            let next = try await Self.list(
                served, "?resource_type=config&resource_id=\(id)&limit=1&cursor=\(cursor)")
            #expect(next.json["items"]?.arrayValue?.first?["action"] == "configuration.config_created")
            #expect(next.json["next_cursor"] == .null)
            // A cursor is good for its own list.
            #expect(try await Self.list(served, "?limit=1&cursor=\(cursor)").status == 422)
            for query in ["?from=yesterday", "?outcome=perhaps", "?tenant=x", "?actor=", "?unknown=1"] {
                #expect(try await Self.list(served, query).status == 422, "\(query)")
            }
        }
    }

    @Test("what a caller is refused is written down, equal refusals once a second")
    func denials() async throws {
        try await ServedConfiguration.with { served in
            for _ in 0..<5 {
                #expect(try await Self.list(served, as: served.viewer).status == 403)
            }
            // By the use case, behind the access rule.
            try await served.put("s", "x", secret: true)
            #expect(try await served.put("a", 1, as: served.viewer).status == 403)
            // The head's refusals are written down behind their answers.
            func written() -> [AuditRecord] {
                served.tenon.memory.auditRecords.filter { $0.outcome == .denied && $0.tenant == served.tenant }
            }
            try await until { written().count >= 2 }
            let denied = written()
            #expect(denied.count == 2)
            let first = try #require(denied.first)
            #expect(first.action == "listAuditRecords" && first.resource.kind == "tenant")
            #expect(first.details["code"] == "permission_denied")
            #expect(denied.last?.action == "putConfig")
            #expect(denied.last?.resource == ResourceReference(kind: "key", id: "a"))
            // Nobody's refusal belongs to no tenant's log.
            #expect(try await served.tenon.send("GET", Self.path).status == 401)
            let listed = try await Self.list(served, "?outcome=denied").json
            #expect(listed["items"]?.arrayValue?.count == 2)
        }
    }

    @Test("the chain verifies at the server, and its export elsewhere with the published keys")
    func chain() async throws {
        try await ServedConfiguration.with { served in
            for number in 0..<5 { try await served.put("key_\(number)", .string("v\"\\\n\(number)")) }
            _ = try await served.tenon.linkAudit.execute()
            let verified = try await Self.list(served, "/verify").json
            #expect(verified["valid"] == true && verified["finding"] == .null && verified["next"] == .null)
            let records = try #require(verified["records"]?.numberValue?.int64)
            #expect(records >= 6)
            #expect(verified["newest_head"]?["seq"] == .integer(records))
            let beyond = try await Self.list(served, "/verify?from=1000")
            #expect(beyond.status == 422 && beyond.json["errors"]?.arrayValue?.first?["code"] == "beyond_the_end")
            let part = try await Self.list(served, "/verify?from=2&to=3").json
            #expect(part["records"] == 2 && part["next"] == 4)

            var lines = ""
            var after = 0
            while true {
                let answer = try await Self.list(served, "/export?after=\(after)&limit=4")
                #expect(answer.status == 200 && answer.headers["content-type"] == "application/x-ndjson")
                guard !answer.body.isEmpty else { break }
                lines += answer.body
                after += 4
            }
            let keys = try await Self.list(served, "/keys").json["keys"]?.arrayValue ?? []
            let known = keys.compactMap { key in
                key["x"]?.stringValue.flatMap { Base64URL.decode($0) }.map {
                    PublicSigningKey(keyID: key["kid"]?.stringValue ?? "", ed25519: $0)
                }
            }
            #expect(!known.isEmpty)
            var check = AuditExportCheck(
                hashing: OpenSSLChainHash(), receipts: ReceiptVerification(keys: known))
            let finding = Array(lines.utf8).withUnsafeBytes { check.take($0) } ?? check.finish()
            #expect(finding == nil)
            #expect(check.sequence == records && check.heads == 1 && check.tenant == served.tenant)
        }
    }

    @Test("administrators of the platform read any tenant's log, without what its records say; tenants only their own")
    func administrators() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", "one")
            let administrator = try served.tenon.token([.platformAdministrator], tenant: .platform)
            let answer = try await Self.list(served, "?tenant=\(served.tenant)", as: administrator)
            #expect(answer.status == 200)
            let items = try #require(answer.json["items"]?.arrayValue)
            #expect(!items.isEmpty)
            #expect(items.allSatisfy { $0["details"] == .null && $0["after"] == .null })
            let other = served.tenon.ids.next(Tenant.self)
            #expect(try await Self.list(served, "?tenant=\(other)").status == 404)
            let own = try await Self.list(served, "?tenant=\(served.tenant)")
            #expect(own.json["items"]?.arrayValue?.first?["details"]?.objectValue != nil)
        }
    }
}
