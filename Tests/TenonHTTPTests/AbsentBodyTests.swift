import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct AbsentBodyTests {
    @Test("where no member is required an absent body is an empty object, and any other must say what it is")
    func rotate() async throws {
        try await ServedTenon.with { tenon in
            let owner = try await tenon.send(
                "POST", "/v1/auth/register", body: #"{"name":"acme","email":"a@acme.com","password":"SecurePass123!"}"#)
            let token = try #require(owner.json["access_token"]?.stringValue)
            let made = try await tenon.send(
                "POST", "/v1/auth/api-keys", token: token, body: #"{"name":"k","scopes":["configs:read"]}"#)
            let path = "/v1/auth/api-keys/\(try #require(made.json["id"]?.stringValue))"
            let rotated = try await tenon.send("POST", path + "/rotate", token: token, headers: ["Content-Length: 0"])
            #expect(rotated.status == 200, "\(rotated.body)")
            #expect(try await tenon.send("PATCH", path, token: token).status == 200)
            for body in ["Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"] {
                let head =
                    "PATCH \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \(token)\r\n"
                #expect(await tenon.raw(Array((head + body).utf8)).code == "unsupported_media_type", "\(body)")
            }
            let text = try await tenon.send(
                "PATCH", path, token: token, body: "{}", headers: ["Content-Type: text/plain"])
            #expect(text.code == "unsupported_media_type")
            let empty = try await tenon.send(
                "PATCH", path, token: token, headers: ["Content-Type: application/json", "Content-Length: 0"])
            #expect(empty.status == 400)
            #expect(try await tenon.send("POST", "/v1/auth/api-keys", token: token).code == "unsupported_media_type")
            #expect(try await tenon.send("POST", "/v1/auth/refresh").code == "unsupported_media_type")
        }
    }

    @Test("the description says which bodies may be left out")
    func described() async throws {
        try await ServedTenon.with { tenon in
            let paths = try await tenon.send("GET", "/openapi.json").json["paths"]
            func required(_ path: String, _ method: String) -> JSONValue? {
                paths?["/api/v1" + path]?[method]?["requestBody"]?["required"]
            }
            #expect(required("/auth/api-keys/{key_id}/rotate", "post") == false)
            #expect(required("/namespaces/{namespace_id}/configs/{key}", "patch") == false)
            #expect(required("/auth/api-keys", "post") == true)
            #expect(required("/auth/refresh", "post") == true)
        }
    }
}
