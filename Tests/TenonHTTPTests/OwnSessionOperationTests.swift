import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct OwnSessionOperationTests {
    @Test("a user looks at one of its own sessions, and ends all of them at once, the current one too")
    func sessions() async throws {
        try await ServedTenon.with { tenon in
            let first = try await tenon.registered("acme").token
            let stranger = try await tenon.registered("other").token
            let signedIn = try await tenon.send(
                "POST", "/v1/auth/login", body: #"{"email":"a@acme.com","password":"SecurePass123!"}"#)
            let second = try #require(signedIn.json["access_token"]?.stringValue)
            let list = try await tenon.send("GET", "/v1/auth/sessions", token: second)
            let sessions = try #require(list.json["items"]?.arrayValue)
            #expect(sessions.map { $0["current"] } == [true, false])
            for session in sessions {
                let path = "/v1/auth/sessions/\(try #require(session["id"]?.stringValue))"
                #expect(try await tenon.send("GET", path, token: second).json == session)
                let foreign = try await tenon.send("GET", path, token: stranger)
                #expect(foreign.status == 404 && foreign.code == "session_not_found")
            }
            #expect(try await tenon.send("GET", "/v1/auth/sessions/x", token: second).status == 404)
            #expect(try await tenon.send("DELETE", "/v1/auth/sessions", token: second).status == 204)
            for token in [first, second] {
                #expect(try await tenon.send("GET", "/v1/auth/sessions", token: token).status == 401)
            }
            #expect(try await tenon.send("GET", "/v1/auth/sessions", token: stranger).status == 200)
            let refresh = try #require(signedIn.json["refresh_token"]?.stringValue)
            let refused = try await tenon.send(
                "POST", "/v1/auth/refresh", body: #"{"refresh_token":"\#(refresh)"}"#)
            #expect(refused.status == 401)
            let ended = tenon.memory.auditRecords.last { $0.action == "identity.sessions_ended" }
            #expect(ended?.details["count"] == 2 && ended?.details["reason"] == "signed_out_everywhere")
        }
    }
}
