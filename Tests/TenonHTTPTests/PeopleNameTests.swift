import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// What people may call themselves, and what they may choose as a password.
@Suite struct PeopleNameTests {
    @Test("A username that is an e-mail address is the user's own, however the user is made or changed")
    func foreignAddress() async throws {
        try await ServedTenon.with { tenon in
            func register(_ username: String, _ email: String) async throws -> ServedTenon.Answer {
                let body: JSONValue = [
                    "username": .string(username), "email": .string(email), "password": "SecurePass123!",
                    "password2": "SecurePass123!",
                ]
                return try await tenon.send("POST", "/api/v1/users/register", body: body.description)
            }
            func isForeign(_ answer: ServedTenon.Answer) -> Bool {
                answer.status == 422 && answer.pointers == ["#/username"] && answer.body.contains("foreign_address")
            }
            #expect(isForeign(try await register("victim@example.com", "eve@example.com")))
            let made = try await register("Eve@Example.com", "eve@example.com")
            #expect(made.status == 201)
            #expect(try await register("a.b+c-d_e", "other@example.com").status == 201)
            #expect(try await register("@team", "team@example.com").status == 201)

            let token = try #require(made.json["access_token"]?.stringValue)
            let victim: JSONValue = ["username": "victim@example.com"]
            #expect(
                isForeign(try await tenon.send("PUT", "/api/v1/users/profile", token: token, body: victim.description)))
            // With another address of one's own the former one is no name any longer.
            let moved: JSONValue = ["email": "eva@example.com", "current_password": "SecurePass123!"]
            #expect(
                isForeign(try await tenon.send("PUT", "/api/v1/users/profile", token: token, body: moved.description)))
            let both: JSONValue = [
                "email": "eva@example.com", "current_password": "SecurePass123!", "username": "eva@example.com",
            ]
            #expect(
                try await tenon.send("PUT", "/api/v1/users/profile", token: token, body: both.description).status == 200
            )

            let bob: JSONValue = ["email": "bob@example.com", "username": "victim@example.com"]
            #expect(isForeign(try await tenon.send("POST", "/api/v1/users", token: token, body: bob.description)))
            let kept = try await tenon.send(
                "POST", "/api/v1/users", token: token, body: #"{"email": "bob@example.com"}"#)
            let id = try #require(kept.json["id"]?.stringValue)
            let changed = try await tenon.send("PATCH", "/api/v1/users/\(id)", token: token, body: victim.description)
            #expect(isForeign(changed))
        }
    }

    @Test("Names and passwords that others take for something else are refused")
    func refused() async throws {
        try await ServedTenon.with { tenon in
            func register(_ username: String, _ email: String, _ password: String) async throws -> [String] {
                let body: JSONValue = [
                    "username": .string(username), "email": .string(email), "password": .string(password),
                    "password2": .string(password),
                ]
                let answer = try await tenon.send("POST", "/api/v1/users/register", body: body.description)
                return answer.json["errors"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
            }
            let own = try await register("a", "long.name@example.com", "LONG.NAME@EXAMPLE.COM")
            #expect(own == ["password_too_common"])
            let short = try await register("a", "a@example.com", "🐲🐳🐴🐵")
            #expect(short == ["password_too_short"])
            let spaced = try await register("bob ", "a@example.com", "SecurePass123!")
            #expect(spaced == ["invalid_username"])
        }
    }
}
