import TenonDomain
import Testing

@testable import TenonHTTP

@Suite struct AccessQuestionTests {
    @Test("a misspelt attribute of a resource is refused: the answer would be about another one")
    func attributes() async throws {
        try await ServedTenon.with { tenon in
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"name":"acme","email":"ann@example.com","password":"correct horse battery"}"#)
            let token = try #require(registered.json["access_token"]?.stringValue)
            func ask(_ resource: String) async throws -> ServedTenon.Answer {
                try await tenon.send(
                    "POST", "/api/v1/policies/check", token: token,
                    body: #"{"subject":"role:viewer","permission":"configs:read","resource":\#(resource)}"#)
            }
            #expect(try await ask(#"{"kind":"config","key":"a","is_secret":false}"#).json["allowed"] == true)
            for (resource, pointer) in [
                (#"{"kind":"config","kye":"a"}"#, "#/resource/kye"), (#"{"key":7}"#, "#/resource/key"),
                (#"{"is_secret":"yes"}"#, "#/resource/is_secret"),
            ] {
                let answer = try await ask(resource)
                #expect(answer.status == 422)
                #expect(answer.json["errors"]?.arrayValue?.first?["pointer"] == .string(pointer))
            }
        }
    }
}
