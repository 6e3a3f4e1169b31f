import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct UserOperationTests {
    @Test("seed 002's journey: register with a username, log in for access and refresh, profile, another password")
    func seed() async throws {
        try await ServedTenon.with { tenon in
            let john = #""email":"john@example.com","password":"SecurePass123!","first_name":"John","last_name":"Doe""#
            let registered = try await tenon.send(
                "POST", "/api/v1/users/register/", body: #"{"username":"john","password2":"SecurePass123!",\#(john)}"#)
            #expect(registered.status == 201)
            #expect(registered.json["user"]?["first_name"] == "John")
            let different = try await tenon.send(
                "POST", "/api/v1/users/register", body: #"{"username":"jane","password2":"SecurePass124!",\#(john)}"#)
            #expect(different.json["errors"]?.arrayValue?.first?["pointer"] == "#/password2")
            let pair = try await tenon.send(
                "POST", "/api/auth/login/", body: #"{"username":"john","password":"SecurePass123!"}"#)
            #expect(Set(pair.json.objectValue?.map(\.0) ?? []) == ["access", "refresh"])
            let access = try #require(pair.json["access"]?.stringValue)
            let refresh = try #require(pair.json["refresh"]?.stringValue)
            let profile = try await tenon.send("GET", "/api/v1/users/profile/", token: access)
            #expect(profile.json["username"] == "john" && profile.headers["etag"] == "\"1\"")
            let updated = try await tenon.send(
                "PUT", "/api/v1/users/profile", token: access, body: #"{"last_name":null,"full_name":"Johnny"}"#,
                headers: ["If-Match: \"1\""])
            #expect(updated.json["last_name"] == .null && updated.json["full_name"] == "Johnny")
            let roles = try await tenon.send(
                "PUT", "/api/v1/users/profile", token: access, body: #"{"roles":["owner"]}"#)
            #expect(roles.json["errors"]?.arrayValue?.first?["code"] == "unknown_field")
            let unproven = try await tenon.send(
                "PUT", "/api/v1/users/profile", token: access, body: #"{"email":"eve@example.com"}"#)
            #expect(unproven.json["errors"]?.arrayValue?.first?["pointer"] == "#/current_password")
            let moved = try await tenon.send(
                "PUT", "/api/v1/users/profile", token: access,
                body: #"{"email":"johnny@example.com","current_password":"SecurePass123!"}"#)
            #expect(moved.json["email"] == "johnny@example.com")
            let same = try await tenon.send(
                "PUT", "/api/v1/users/profile", token: access, body: #"{"email":"johnny@example.com"}"#)
            #expect(same.status == 200)
            let other = try await tenon.send("POST", "/api/auth/refresh/", body: #"{"refresh":"\#(refresh)"}"#)
            #expect(other.status == 200)
            let changed = try await tenon.send(
                "POST", "/api/v1/users/change-password/", token: access,
                body: #"{"old_password":"SecurePass123!","new_password":"SecurePass456!"}"#)
            #expect(changed.status == 204)
            #expect(try await tenon.send("POST", "/v1/auth/logout", token: access).status == 204)
            #expect(try await tenon.send("GET", "/v1/users/profile", token: access).status == 401)
        }
    }

    @Test("Without a tenant's name an e-mail address or username registers once; a deleted account frees them")
    func personal() async throws {
        try await ServedTenon.with { tenon in
            func register(_ path: String, _ members: String) async throws -> (status: Int, code: JSONValue?) {
                let answer = try await tenon.send(
                    "POST", "/api/v1/\(path)", body: #"{"password":"SecurePass123!",\#(members)}"#)
                return (answer.status, answer.json["code"])
            }
            let john = #""username":"john","email":"john@example.com","password2":"SecurePass123!""#
            #expect(try await register("users/register", john).status == 201)
            for (path, members) in [
                ("users/register", john), ("users/register", john.replacing("john@", with: "other@")),
                ("users/register", john.replacing(#""john""#, with: #""JANE""#).replacing("john@", with: "JOHN@")),
                ("auth/register", #""email":"john@example.com","full_name":"John Doe""#),
            ] {
                let again = try await register(path, members)
                #expect(again.status == 409 && again.code == "account_exists", "\(members)")
            }
            let login = try await tenon.send(
                "POST", "/api/v1/auth/login", body: #"{"username":"john","password":"SecurePass123!"}"#)
            #expect(login.status == 200)
            // Who names an organization makes one more account, and users of tenants are no personal accounts.
            let named = try await register("auth/register", #""email":"john@example.com","organization":"Acme""#)
            #expect(named.status == 201)
            let acme = try await tenon.registered("globex").token
            let user = try await tenon.send(
                "POST", "/v1/users", token: acme, body: #"{"email":"ann@example.com","roles":["viewer"]}"#)
            #expect(user.status == 201)
            #expect(try await register("auth/register", #""email":"ann@example.com""#).status == 201)
        }
    }

    @Test("A tenant's name without letters a-z gets a slug as one without a name does, and keeps the name")
    func foreignName() async throws {
        try await ServedTenon.with { tenon in
            var slugs: Set<String> = []
            for (number, name) in ["Москва", "Москва", "東京 7", "!!!", "Łódź"].enumerated() {
                let made = try await tenon.send(
                    "POST", "/api/v1/auth/register",
                    body: #"{"name":"\#(name)","email":"ann\#(number)@example.com","password":"SecurePass123!"}"#)
                #expect(made.status == 201)
                #expect(made.json["tenant"]?["name"] == .string(name))
                slugs.insert(made.json["tenant"]?["slug"]?.stringValue ?? "")
            }
            #expect(slugs.count == 5 && slugs.contains("lodz"))
        }
    }

    @Test("users are made, listed, changed and taken away; another tenant's are not found")
    func crud() async throws {
        try await ServedTenon.with { tenon in
            let token = try await tenon.registered("acme").token
            let stranger = try await tenon.registered("other").token
            let made = try await tenon.send(
                "POST", "/v1/users", token: token, body: #"{"email":"bob@acme.com","roles":["viewer"]}"#)
            #expect(made.status == 201)
            let location = try #require(made.headers["location"])
            let id = try #require(made.json["id"]?.stringValue)
            #expect(location == "/api/v1/users/\(id)")
            let list = try await tenon.send("GET", "/v1/users?role=viewer&page=1", token: token)
            #expect(list.json["total"] == 1)
            #expect(try await tenon.send("GET", location, token: stranger).status == 404)
            let patched = try await tenon.send(
                "PATCH", location, token: token, body: #"{"status":"suspended"}"#, headers: ["If-Match: \"1\""])
            #expect(patched.json["status"] == "suspended" && patched.headers["etag"] == "\"2\"")
            #expect(try await tenon.send("DELETE", location + "/sessions", token: stranger).status == 404)
            #expect(try await tenon.send("DELETE", location + "/sessions", token: token).status == 204)
            #expect(try await tenon.send("DELETE", location, token: stranger).status == 404)
            #expect(try await tenon.send("DELETE", location, token: token).status == 204)
            #expect(try await tenon.send("GET", location, token: token).status == 404)
            let reset = try await tenon.send(
                "POST", "/v1/users/password-reset", body: #"{"email":"nobody@acme.com"}"#)
            #expect(reset.status == 202)
            let login = #"{"email":"a@acme.com","password":"SecurePass123!"}"#
            #expect(try await tenon.send("POST", "/v1/auth/login", body: login).status == 200)
            let newest = try await tenon.send("GET", "/v1/auth/sessions?limit=1", token: token)
            #expect(newest.json["items"]?.arrayValue?.map { $0["current"] } == [false])
            let cursor = try #require(newest.json["next_cursor"]?.stringValue)
            let sessions = try await tenon.send("GET", "/v1/auth/sessions?limit=1&cursor=\(cursor)", token: token)
            let session = try #require(sessions.json["items"]?.arrayValue?.first)
            #expect(session["current"] == true && sessions.json["next_cursor"] == .null)
            let counted = try await tenon.send("GET", "/v1/auth/sessions?page=1", token: token)
            #expect(counted.json["total"] == 2)
            let ended = try await tenon.send(
                "DELETE", "/v1/auth/sessions/\(session["id"]?.stringValue ?? "")", token: token)
            #expect(ended.status == 204)
            #expect(try await tenon.send("GET", "/v1/auth/me", token: token).status == 401)
        }
    }
}
