import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Tenants, as administrators of the platform and their own users see them.
@Suite struct TenantOperationTests {
    private func create(
        _ tenon: ServedTenon, _ slug: String, as administrator: String
    ) async throws -> (id: TenantID, answer: ServedTenon.Answer) {
        let answer = try await tenon.send(
            "POST", "/api/v1/tenants", token: administrator,
            body: #"{"name":"Acme & Co.","slug":"\#(slug)","owner_email":"ann@\#(slug).com","owner_name":"Ann"}"#)
        return (try #require(answer.json["id"]?.stringValue.flatMap { TenantID($0) }), answer)
    }

    @Test("an administrator makes tenants; the slug is the nearest one to the name unless it is given")
    func creation() async throws {
        try await ServedTenon.with { tenon in
            let administrator = try tenon.token([.platformAdministrator], tenant: .platform)
            func post(_ body: String) async throws -> ServedTenon.Answer {
                try await tenon.send("POST", "/api/v1/tenants", token: administrator, body: body)
            }
            let made = try await post(#"{"name":"My Company"}"#)
            #expect(made.status == 201 && made.json["slug"] == "my-company" && made.json["status"] == "active")
            #expect(made.json["isolation"] == "shared" && made.json["plan"] == "professional")
            #expect(made.json["deletes_at"] == .null && made.headers["etag"] == "\"1\"")
            let location = try #require(made.headers["location"])
            #expect(try await tenon.send("GET", location, token: administrator).body == made.body)
            for (body, status, code) in [
                (#"{"name":"My Company"}"#, 409, "slug_taken"), (#"{"name":"…"}"#, 422, "validation_failed"),
                (#"{"name":"x","slug":"A"}"#, 422, "validation_failed"),
                (#"{"name":"x","plan":"gold"}"#, 422, "validation_failed"),
                (#"{"name":"x","owner_name":"Ann"}"#, 422, "validation_failed"),
                (#"{"name":"x","status":"active"}"#, 422, "validation_failed"),
            ] {
                let refused = try await post(body)
                #expect(refused.status == status && refused.code == code, "\(body)")
            }
            #expect(try await post(#"{"name":"x","slug":"x","plan":"free"}"#).json["plan"] == "free")
        }
    }

    @Test("the platform's list is paged and filtered; a tenant's own sees itself alone")
    func list() async throws {
        try await ServedTenon.with { tenon in
            let administrator = try tenon.token([.platformAdministrator], tenant: .platform)
            var ids: [TenantID] = []
            for slug in ["alpha", "beta", "gamma"] { ids.append(try await create(tenon, slug, as: administrator).id) }
            func slugs(_ query: String, _ token: String) async throws -> [String] {
                let answer = try await tenon.send("GET", "/api/v1/tenants\(query)", token: token)
                return answer.json["items"]?.arrayValue?.compactMap { $0["slug"]?.stringValue } ?? []
            }
            let first = try await tenon.send("GET", "/api/v1/tenants?limit=2", token: administrator)
            let cursor = try #require(first.json["next_cursor"]?.stringValue)
            #expect(try await slugs("?limit=2&cursor=\(cursor)", administrator) == ["gamma"])
            #expect(try await slugs("?q=be", administrator) == ["beta"])
            #expect(try await slugs("?status=suspended", administrator) == [])
            #expect(try await slugs("?plan=professional&page=2&page_size=2", administrator) == ["gamma"])
            #expect(try await tenon.send("GET", "/api/v1/tenants?q=A", token: administrator).status == 422)
            #expect(
                try await tenon.send("GET", "/api/v1/tenants?q=b&cursor=\(cursor)", token: administrator).status == 422)
            let viewer = try tenon.token([.viewer], tenant: ids[1])
            #expect(try await slugs("", viewer) == ["beta"])
            #expect(try await slugs("?q=a", viewer) == [])
            #expect(try await tenon.send("GET", "/api/v1/tenants?page=1", token: viewer).json["total"] == 1)
        }
    }

    @Test("who may do what: the owner names its own, the platform does the rest, others find nothing")
    func access() async throws {
        try await ServedTenon.with { tenon in
            let administrator = try tenon.token([.platformAdministrator], tenant: .platform)
            let own = try await create(tenon, "acme", as: administrator).id
            let other = try await create(tenon, "beta", as: administrator).id
            let owner = try tenon.token([.owner], tenant: own)
            let member = try tenon.token([.member], tenant: own)
            let path = "/api/v1/tenants/\(own)"
            let name = #"{"name":"New name"}"#
            for (method, path, body, token, status) in [
                ("GET", path, nil, owner, 200), ("GET", path, nil, member, 200), ("GET", path, nil, administrator, 200),
                ("PATCH", path, name, owner, 200), ("PATCH", path, name, member, 403),
                ("PATCH", path, #"{"plan":"free"}"#, owner, 403),
                ("PATCH", path, #"{"status":"suspended"}"#, owner, 403),
                ("PATCH", path, #"{"slug":"other"}"#, administrator, 422),
                ("PATCH", path, #"{"status":"deleting"}"#, administrator, 422),
                ("PATCH", path, #"{"plan":"free"}"#, administrator, 200),
                ("DELETE", path, nil, owner, 403), ("POST", "\(path)/restore", nil, owner, 403),
                ("POST", "\(path)/restore", nil, administrator, 409),
                ("POST", "/api/v1/tenants", name, owner, 403),
                ("GET", "/api/v1/tenants/\(other)", nil, owner, 404),
                ("PATCH", "/api/v1/tenants/\(other)", name, owner, 404),
                ("DELETE", "/api/v1/tenants/\(other)", nil, owner, 403),
                ("POST", "/api/v1/tenants/\(other)/restore", nil, owner, 403),
                ("GET", "/api/v1/tenants/\(TenantID(high: 0x7000, low: 1))", nil, administrator, 404),
                ("GET", "/api/v1/tenants/x", nil, administrator, 404),
            ] as [(String, String, String?, String, Int)] {
                let answer = try await tenon.send(method, path, token: token, body: body)
                #expect(answer.status == status, "\(method) \(path) \(body ?? "")")
            }
            let stale = try await tenon.send("PATCH", path, token: owner, body: name, headers: ["If-Match: \"1\""])
            #expect(stale.status == 412 && stale.code == "precondition_failed")
        }
    }

    @Test("a suspended tenant's users are told so at their next request, and let in again when it is resumed")
    func suspension() async throws {
        try await ServedTenon.with { tenon in
            let administrator = try tenon.token([.platformAdministrator], tenant: .platform)
            let tenant = try await create(tenon, "acme", as: administrator).id
            let viewer = try tenon.token([.viewer], tenant: tenant)
            let path = "/api/v1/tenants/\(tenant)"
            for (status, answered, code) in [("suspended", 403, "tenant_suspended"), ("active", 200, nil)] {
                let changed = try await tenon.send(
                    "PATCH", path, token: administrator, body: #"{"status":"\#(status)"}"#)
                #expect(changed.status == 200 && changed.json["status"]?.stringValue == status)
                let answer = try await tenon.send("GET", path, token: viewer)
                #expect(answer.status == answered && answer.code == code)
            }
            let deleted = try await tenon.send("DELETE", path, token: administrator, headers: ["If-Match: \"3\""])
            #expect(deleted.status == 202 && deleted.json["status"] == "deleting")
            #expect(deleted.json["deletes_at"]?.stringValue != nil && deleted.headers["etag"] == "\"4\"")
            #expect(try await tenon.send("DELETE", path, token: administrator).headers["etag"] == "\"4\"")
            #expect(try await tenon.send("GET", path, token: viewer).code == "tenant_deleting")
            let restored = try await tenon.send("POST", "\(path)/restore", token: administrator)
            #expect(restored.status == 200 && restored.json["status"] == "active")
            #expect(try await tenon.send("GET", path, token: viewer).status == 200)
            let records = tenon.memory.auditRecords.filter { $0.tenant == tenant }
            #expect(records.count { $0.outcome == .success } == 7)
            #expect(records.allSatisfy { $0.actor.hasPrefix("usr_") })
        }
    }
}
