import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct TenantRestoreTests {
    @Test("a suspended tenant that is deleted and brought back is suspended; while it is deleted no patch changes it")
    func suspension() async throws {
        try await ServedTenon.with { tenon in
            let administrator = try tenon.token([.platformAdministrator], tenant: .platform)
            let made = try await tenon.send(
                "POST", "/v1/auth/register",
                body: #"{"name":"acme","email":"a@acme.com","password":"SecurePass123!"}"#)
            let id = try #require(made.json["tenant"]?["id"]?.stringValue)
            let path = "/api/v1/tenants/\(id)"
            func patch(_ body: String) async throws -> ServedTenon.Answer {
                try await tenon.send("PATCH", path, token: administrator, body: body)
            }
            #expect(try await patch(#"{"status":"suspended"}"#).status == 200)
            #expect(try await tenon.send("DELETE", path, token: administrator).status == 202)
            for body in [#"{"status":"active"}"#, #"{"status":"suspended"}"#, #"{"name":"Other"}"#] {
                let refused = try await patch(body)
                #expect(refused.status == 409 && refused.code == "tenant_status_conflict", "\(body)")
            }
            let restored = try await tenon.send("POST", "\(path)/restore", token: administrator)
            #expect(restored.status == 200 && restored.json["status"] == "suspended")
            #expect(try await patch(#"{"status":"active"}"#).json["status"] == "active")
        }
    }
}
